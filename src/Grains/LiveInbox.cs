using System.Diagnostics.CodeAnalysis;
using Buddies.Engine.Serving;

namespace Buddies.Grains;

/// <summary>What one live stream has still to send: the latest page and the latest list only.</summary>
internal sealed class LiveInbox : IHomeObserver
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _something = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HomeUpdate? _page;
    private BuddiesUpdate? _buddies;
    private bool _isErased;

    /// <summary>Whether nothing more will come.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_gate)
            {
                return _isErased && _page is null && _buddies is null;
            }
        }
    }

    public ValueTask PushAsync(LivePush push)
    {
        lock (_gate)
        {
            // Messages may overtake each other; numbers tell which is newer.
            _page = push.Home is { } page && page.Sequence > (_page?.Sequence ?? 0) ? page : _page;
            _buddies = push.Buddies is { } list && list.Sequence > (_buddies?.Sequence ?? 0) ? list : _buddies;
            _isErased |= push.IsErased;
            _something.TrySetResult();
        }

        return default;
    }

    /// <summary>Waits until there is something to take.</summary>
    /// <returns>False when nothing came in time.</returns>
    public async ValueTask<bool> WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        Task something;
        lock (_gate)
        {
            something = _something.Task;
        }

        try
        {
            await something.WaitAsync(atMost, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Takes the lower number first: a client that has a number has everything up to it.</summary>
    public bool TryTake([NotNullWhen(true)] out LiveUpdate? update)
    {
        lock (_gate)
        {
            if (_page is not null && (_buddies is null || _page.Sequence < _buddies.Sequence))
            {
                update = _page;
                _page = null;
            }
            else
            {
                update = _buddies;
                _buddies = null;
            }

            if (_page is null && _buddies is null && _something.Task.IsCompleted && !_isErased)
            {
                _something = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return update is not null;
        }
    }
}
