using System.Numerics.Tensors;

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

    /// <summary>Marks every active listener whose buddy list this move may change.</summary>
    internal void TellWatchers(UserState mover, float[] unit)
    {
        foreach (var state in _watchers)
        {
            if (state != mover && (state.Watch is not { } watch || MayChange(watch, mover, unit)))
            {
                state.MarkDirty();
            }
        }
    }

    private static bool MayChange(Watch watch, UserState mover, float[] unit) =>
        watch.Unit.Length != unit.Length
        || watch.Buddies.Contains(mover.Index.Value)
        || TensorPrimitives.Dot<float>(watch.Unit, unit) > watch.Weakest;

    private void MarkAllWatchersDirty()
    {
        foreach (var state in _watchers)
        {
            state.MarkDirty();
        }
    }
}
