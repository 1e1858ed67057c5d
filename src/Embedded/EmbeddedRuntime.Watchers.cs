namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    private readonly Lock _watching = new();
    private volatile UserState[] _watchers = [];

    internal void Watch(UserState state)
    {
        lock (_watching)
        {
            if (!_watchers.Contains(state))
            {
                _watchers = [.. _watchers, state];
            }
        }
    }

    internal void Unwatch(UserState state)
    {
        lock (_watching)
        {
            _watchers = [.. _watchers.Where(other => other != state)];
        }
    }

    private void MarkAllWatchersDirty()
    {
        foreach (var state in _watchers)
        {
            state.MarkDirty();
        }
    }
}
