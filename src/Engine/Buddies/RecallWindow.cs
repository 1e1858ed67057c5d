namespace Buddies.Engine.Buddies;

/// <summary>Recall over the latest samples, and when it crosses its floor. Not thread-safe.</summary>
public sealed class RecallWindow
{
    private readonly (int Hits, int Expected)[] _samples;
    private readonly int _least;
    private readonly double _floor;
    private long _added;
    private long _hits;
    private long _expected;
    private bool _isBelow;

    /// <summary>Starts empty.</summary>
    /// <param name="size">How many samples count.</param>
    /// <param name="least">Fewer than this say nothing about the floor.</param>
    /// <param name="floor">The recall that is expected, 0 to 1.</param>
    public RecallWindow(int size, int least, double floor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        _samples = new (int, int)[size];
        (_least, _floor) = (Math.Min(least, size), floor);
    }

    /// <summary>Samples that count.</summary>
    public int Count => (int)Math.Min(_added, _samples.Length);

    /// <summary>The share of true buddies that the samples' sets held; null before there was one to hold.</summary>
    public double? Recall => _expected == 0 ? null : _hits / (double)_expected;

    /// <summary>Adds a sample; the oldest gives way.</summary>
    /// <param name="hits">True buddies that the set held.</param>
    /// <param name="expected">True buddies that there are.</param>
    /// <returns>Whether recall has just crossed its floor.</returns>
    public FloorCrossing Add(int hits, int expected)
    {
        ref var sample = ref _samples[(int)(_added++ % _samples.Length)];
        _hits += hits - sample.Hits;
        _expected += expected - sample.Expected;
        sample = (hits, expected);
        var isBelow = Count >= _least ? Recall < _floor : _isBelow;
        if (isBelow == _isBelow)
        {
            return FloorCrossing.None;
        }

        _isBelow = isBelow;
        return isBelow ? FloorCrossing.Fell : FloorCrossing.Recovered;
    }
}

/// <summary>What a figure has done to its floor.</summary>
public enum FloorCrossing
{
    /// <summary>It is on the side where it was.</summary>
    None,

    /// <summary>It has fallen under it.</summary>
    Fell,

    /// <summary>It is back.</summary>
    Recovered,
}
