namespace Buddies.Api.Security;

/// <summary>Watches over a right that is used for long, as a live stream does: ends it with its token, its key or a revocation.</summary>
internal sealed class CallerWatch : IDisposable
{
    // Longer waits are more than a timer takes; the right is looked at again by then.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(20);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Caller _caller;
    private readonly KeyRing _ring;
    private readonly TimeProvider _time;
    private readonly ITimer? _timer;
    private CancellationTokenRegistration _change;
    private bool _isDisposed;

    public CallerWatch(Caller caller, KeyRing ring, TimeProvider time)
    {
        (_caller, _ring, _time) = (caller, ring, time);
        Token = _ending.Token;
        if (caller.Key is null)
        {
            return; // Without keys nothing ends.
        }

        Look();
        var left = caller.Expires - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            _timer = time.CreateTimer(_ => Look(), null, left < s_longest ? left.Value : s_longest, s_longest);
        }
    }

    /// <summary>Cancelled when the right has ended.</summary>
    public CancellationToken Token { get; }

    public void Dispose()
    {
        _timer?.Dispose();
        CancellationTokenRegistration change;
        lock (_lock)
        {
            (_isDisposed, change) = (true, _change);
        }

        change.Dispose();
        _ending.Dispose();
    }

    private void Look()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _ = _change.Unregister(); // Where the timer asks, it still stands.

            // Registered first: a change after it is heard, one before it is seen below.
            _change = _ring.Changed.UnsafeRegister(_ => Look(), null);
        }

        if (!_ring.IsStillGood(_caller, _time.GetUtcNow()))
        {
            try
            {
                _ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The stream has just ended by itself.
            }
        }
    }
}
