using System.Collections.Concurrent;

namespace Buddies.Engine.Serving;

/// <summary>
/// Bounds how fast follows make a playlist popular: of those that come within an hour only so many count as a quarter of its
/// followers before, or a thousandth of all listeners, or three, whichever is most. The rest follow it all the same; they
/// are only not counted, so nobody can take a playlist's standing away either.
/// </summary>
/// <remarks>Safe for concurrent use. Counts by the server's clock, for producers may date events back.</remarks>
public sealed class FollowGuard
{
    private const int LeastBelieved = 3;
    private const int StandingForOne = 4;
    private const int ListenersForOne = 1000;
    private const int MostHours = 4096;

    /// <summary>Less a millisecond: times that were made of a counter's ticks are a little less than whole.</summary>
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Hour> _hours = [];
    private readonly ConcurrentDictionary<int, int> _uncounted = new();
    private long _total;

    /// <summary>By playlist, the follows that do not count.</summary>
    public IReadOnlyDictionary<int, int> Uncounted => _uncounted;

    /// <summary>Goes up with every follow that was not counted.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>How many follows of a playlist do not count.</summary>
    public int Of(int playlist) => _uncounted.GetValueOrDefault(playlist);

    /// <summary>Somebody follows a playlist, or no longer.</summary>
    /// <param name="playlist">Which.</param>
    /// <param name="change">+1 or −1; who leaves takes an uncounted follow away first.</param>
    /// <param name="standing">Its followers that count, before this one.</param>
    /// <param name="listeners">How many listeners there are.</param>
    /// <param name="now">The server's time since any fixed moment.</param>
    /// <returns>False for a follow that is not counted.</returns>
    public bool OnFollowed(int playlist, int change, int standing, int listeners, TimeSpan now)
    {
        lock (_lock)
        {
            if (change < 0)
            {
                Set(playlist, Of(playlist) - 1);
                return true;
            }

            if (!_hours.TryGetValue(playlist, out var hour) || now - hour.Since >= s_hour)
            {
                MakeRoom(now);
                hour = new Hour(now, Math.Max(Math.Max(LeastBelieved, listeners / ListenersForOne), standing / StandingForOne), 0);
            }

            hour = hour with { Count = hour.Count + 1 };
            _hours[playlist] = hour;
            if (hour.Count <= hour.Believed)
            {
                return true;
            }

            Set(playlist, Of(playlist) + 1);
            Interlocked.Increment(ref _total);
            return false;
        }
    }

    /// <summary>Sets how many do not count; 0 believes them all.</summary>
    public void Set(int playlist, int uncounted)
    {
        if (uncounted > 0)
        {
            _uncounted[playlist] = uncounted;
        }
        else
        {
            _ = _uncounted.TryRemove(playlist, out _);
        }
    }

    private void MakeRoom(TimeSpan now)
    {
        if (_hours.Count < MostHours)
        {
            return;
        }

        foreach (var (playlist, hour) in _hours.ToArray())
        {
            if (now - hour.Since >= s_hour)
            {
                _ = _hours.Remove(playlist);
            }
        }
    }

    private readonly record struct Hour(TimeSpan Since, int Believed, int Count);
}
