using Buddies.Engine.Doorman;

namespace Buddies.Engine.Experiments;

/// <summary>How a version's engagement is watched.</summary>
public sealed record EngagementWatchOptions
{
    /// <summary>How long a window is; each gives one observation, its plays an impression. Default 5 minutes.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>After how many windows listening repeats itself. The first so many are what later ones are compared with. Default a day's.</summary>
    public int Period { get; init; } = 288;

    /// <summary>Windows with fewer impressions say nothing. Default 20.</summary>
    public long LeastImpressions { get; init; } = 20;

    /// <summary>The size of fall, as a share of the engagement, that one would like to find soonest. Default 0.1.</summary>
    public double Scale { get; init; } = 0.1;

    /// <summary>The rate of false alarms over the whole life of a version, however long it is watched. Default 0.01.</summary>
    public double Alpha { get; init; } = 0.01;
}

/// <summary>What the watch says.</summary>
/// <param name="Windows">Windows that took part.</param>
/// <param name="Before">Mean plays an impression in the first period; 0 before its end.</param>
/// <param name="Now">The same in this period; 0 before the first window.</param>
/// <param name="High">Upper end of the confidence sequence of the difference; +∞ before there is one.</param>
/// <param name="HasFallen">Whether it has surely fallen. Once said it stays.</param>
public readonly record struct EngagementState(long Windows, double Before, double Now, double High, bool HasFallen);

/// <summary>
/// Whether listeners do less with a version than they did at first. May be asked at every window: each period is a test of
/// its own that holds at every look (<see cref="SequentialTest"/>), the k-th at α/(k·(k + 1)), which sum to α.
/// </summary>
/// <remarks>
/// A window is compared with the one of the same time of day in the first period, so that nights are not taken for a fall.
/// Windows, not events, are the observations: listeners who do much make events depend on each other. One writer.
/// </remarks>
public sealed class EngagementWatch
{
    private readonly EngagementWatchOptions _options;
    private readonly double[] _first;
    private EngagementCounts _from;
    private DateTimeOffset _windowEnds;
    private int _slot;
    private int _period;
    private long _windows;
    private double _scale;
    private MetricTally _control;
    private MetricTally _treatment;
    private SequentialTest? _test;
    private SequentialLook _look = new(0, double.NegativeInfinity, double.PositiveInfinity, 1);
    private bool _hasFallen;

    /// <summary>Begins to watch a version.</summary>
    /// <param name="options">How.</param>
    /// <param name="now">When it began to serve, or this process did.</param>
    /// <param name="counts">What was counted until then.</param>
    public EngagementWatch(EngagementWatchOptions options, DateTimeOffset now, EngagementCounts counts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Window, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Period, SequentialTest.LeastPerVariant);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LeastImpressions, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Scale);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Alpha);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(options.Alpha, 1);
        (_options, _from, _windowEnds) = (options, counts, now + options.Window);
        _first = new double[options.Period];
        Array.Fill(_first, double.NaN);
    }

    /// <summary>Where it stands.</summary>
    public EngagementState State => new(_windows, _control.Mean, _treatment.Mean, _look.High, _hasFallen);

    /// <summary>Looks at the counts.</summary>
    /// <param name="now">The time; windows that ended since are closed.</param>
    /// <param name="counts">All that was counted so far; less than before where the count began anew.</param>
    /// <returns>True at the moment when it has surely fallen, once.</returns>
    public bool Look(DateTimeOffset now, EngagementCounts counts)
    {
        if (counts.Impressions < _from.Impressions || counts.Plays < _from.Plays)
        {
            _from = default;
        }

        if (now < _windowEnds)
        {
            return false;
        }

        var before = _hasFallen;
        var impressions = counts.Impressions - _from.Impressions;

        // A window that nobody closed in its time, because the process stood still, is no window of its length.
        if (impressions >= _options.LeastImpressions && now < _windowEnds + _options.Window)
        {
            Observe((counts.Plays - _from.Plays) / (double)impressions);
        }

        _from = counts;
        while (_windowEnds <= now)
        {
            _windowEnds += _options.Window;
            Advance();
        }

        return _hasFallen && !before;
    }

    private void Observe(double value)
    {
        _windows++;
        if (_period == 0)
        {
            _first[_slot] = value;
            return;
        }

        if (double.IsNaN(_first[_slot]) || _test is null)
        {
            return; // Nothing of this time of day to compare with.
        }

        _control = _control.With(_first[_slot]);
        _treatment = _treatment.With(value);
        var alpha = _options.Alpha / (_period * (_period + 1.0));
        _look = _test.Look(_control, _treatment, alpha);
        _hasFallen |= _look.High < 0;
    }

    private void Advance()
    {
        if (++_slot < _options.Period)
        {
            return;
        }

        _slot = 0;
        _period++;
        _scale = _period == 1 ? _options.Scale * MeanOfFirst() : _scale;
        (_control, _treatment) = (default, default);
        _test = _scale > 0 ? new SequentialTest(_scale) : null;
    }

    private double MeanOfFirst()
    {
        var known = _first.Where(value => !double.IsNaN(value)).ToArray();
        return known.Length == 0 ? 0 : known.Average();
    }
}
