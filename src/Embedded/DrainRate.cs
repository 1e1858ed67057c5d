namespace Buddies.Embedded;

/// <summary>How many events a second are really applied while there is something to apply, and so how long others wait. Safe for concurrent use.</summary>
internal sealed class DrainRate(TimeProvider time)
{
    /// <summary>What was measured so long ago counts for 1/e.</summary>
    private const double MemorySeconds = 2;

    /// <summary>Nobody is sent away for longer than this, whatever was measured.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private double _events;
    private double _seconds;
    private long _lastAt;

    /// <summary>Up to when events are promised a place by answers that sent them away, by the time provider.</summary>
    private long _promisedTo;

    /// <summary>Events a second; 0 before anything was applied.</summary>
    public double PerSecond
    {
        get
        {
            lock (_lock)
            {
                return _seconds > 0 ? _events / _seconds : 0;
            }
        }
    }

    /// <summary>There is something to apply after there was nothing: the time until now does not count.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _lastAt = time.GetTimestamp();
        }
    }

    /// <summary>Events were applied.</summary>
    public void OnApplied(int events)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var seconds = time.GetElapsedTime(_lastAt, now).TotalSeconds;
            var kept = Math.Exp(-seconds / MemorySeconds);
            (_events, _seconds, _lastAt) = ((_events * kept) + events, (_seconds * kept) + seconds, now);
        }
    }

    /// <summary>When a batch that was sent away may come back.</summary>
    /// <param name="waiting">Events before it.</param>
    /// <param name="events">Its own.</param>
    /// <returns>When what waits will have been applied, and what was sent away before it: those who come back when they are told do not all come at once.</returns>
    public TimeSpan WaitFor(long waiting, int events)
    {
        var rate = PerSecond;
        if (rate <= 0)
        {
            return s_shortest;
        }

        lock (_lock)
        {
            var now = time.GetTimestamp();
            var drained = now + (long)(waiting / rate * time.TimestampFrequency);
            var at = Math.Max(drained, _promisedTo);
            var wait = time.GetElapsedTime(now, at);
            if (wait > s_longest)
            {
                return s_longest;
            }

            _promisedTo = at + (long)(events / rate * time.TimestampFrequency);
            return wait < s_shortest ? s_shortest : wait;
        }
    }
}
