namespace Buddies.Cli.Simulate;

/// <summary>Collects durations from several threads and tells their quantiles.</summary>
internal sealed class Quantiles
{
    private readonly List<double> _milliseconds = [];
    private readonly Lock _lock = new();

    public void Add(double milliseconds)
    {
        lock (_lock)
        {
            _milliseconds.Add(milliseconds);
        }
    }

    public long Count
    {
        get
        {
            lock (_lock)
            {
                return _milliseconds.Count;
            }
        }
    }

    /// <summary>The smallest value with at least the given share at or below it; null without values.</summary>
    public double? At(double share)
    {
        lock (_lock)
        {
            if (_milliseconds.Count == 0)
            {
                return null;
            }

            _milliseconds.Sort();
            return Math.Round(_milliseconds[Math.Max(0, (int)Math.Ceiling(share * _milliseconds.Count) - 1)], 3);
        }
    }
}
