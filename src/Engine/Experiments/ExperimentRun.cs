using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Experiments;

/// <summary>A metric of an experiment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Scale">The size of difference that one would like to find soonest, in its units.</param>
/// <param name="IsHigherBetter">Whether more of it is good.</param>
/// <param name="Margin">For a guard rail, by how much it may get worse; null for a metric that is only tested.</param>
public sealed record Metric(string Name, double Scale, bool IsHigherBetter = true, double? Margin = null);

/// <summary>What a metric says of a variant against the control.</summary>
/// <param name="Metric">Which.</param>
/// <param name="Variant">Whose.</param>
/// <param name="Control">The control's observations.</param>
/// <param name="Treatment">The variant's.</param>
/// <param name="Look">The test.</param>
/// <param name="IsSignificant">Whether the p-value is at or below α.</param>
/// <param name="IsBreached">Whether a guard rail is surely worse by more than its margin: stop.</param>
public sealed record MetricReport(
    string Metric, string Variant, MetricTally Control, MetricTally Treatment, SequentialLook Look, bool IsSignificant, bool IsBreached);

/// <summary>Where an experiment stands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Exposed">Listeners exposed to each variant.</param>
/// <param name="RatioPValue">How surprising their shares are; always valid.</param>
/// <param name="IsRatioMismatch">Below 0.001: no other number may be trusted.</param>
/// <param name="Metrics">Every metric of every variant but the control.</param>
public sealed record ExperimentReport(
    string Name, IReadOnlyList<long> Exposed, double RatioPValue, bool IsRatioMismatch, IReadOnlyList<MetricReport> Metrics);

/// <summary>An experiment while it runs: exposures and observations in, a report out, whenever one likes. One writer.</summary>
public sealed class ExperimentRun
{
    /// <summary>Below this p-value shares count as mismatched.</summary>
    public const double RatioAlpha = 0.001;

    private readonly Experiment _experiment;
    private readonly Metric[] _metrics;
    private readonly double _alpha;
    private readonly HashSet<UserId> _exposed = [];
    private readonly HashSet<(UserId, int)> _observed = [];
    private readonly long[] _counts;
    private readonly SampleRatioTest _ratio;
    private readonly MetricTally[,] _tallies;
    private readonly SequentialTest[,] _tests;

    /// <summary>Begins.</summary>
    /// <param name="experiment">Who gets what.</param>
    /// <param name="metrics">What is measured; each is tested at α by itself.</param>
    /// <param name="alpha">The rate of false alarms of one metric of one variant.</param>
    public ExperimentRun(Experiment experiment, IReadOnlyList<Metric> metrics, double alpha = 0.05)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(metrics);
        _experiment = experiment;
        _metrics = [.. metrics];
        _alpha = alpha;
        _counts = new long[experiment.Variants.Count];
        _ratio = new SampleRatioTest(experiment.ExpectedShares);
        _tallies = new MetricTally[_metrics.Length, _counts.Length];
        _tests = new SequentialTest[_metrics.Length, _counts.Length];
        for (var m = 0; m < _metrics.Length; m++)
        {
            for (var v = 0; v < _counts.Length; v++)
            {
                _tests[m, v] = new SequentialTest(_metrics[m].Scale);
            }
        }
    }

    /// <summary>Notes that a listener was treated by a variant, wherever that was decided.</summary>
    /// <param name="user">Who.</param>
    /// <param name="variant">Position of the variant.</param>
    /// <returns>False for one who was exposed before.</returns>
    public bool OnExposed(UserId user, int variant)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(variant);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(variant, _counts.Length);
        if (!_exposed.Add(user))
        {
            return false;
        }

        _counts[variant]++;
        _ratio.Look(_counts);
        return true;
    }

    /// <summary>Notes a listener's whole value of a metric, once.</summary>
    /// <param name="user">One who was exposed.</param>
    /// <param name="variant">Position of the variant.</param>
    /// <param name="metric">The metric's name.</param>
    /// <param name="value">A finite number.</param>
    /// <returns>False for an unknown metric, one who was not exposed, or a second value.</returns>
    public bool OnObserved(UserId user, int variant, string metric, double value)
    {
        var m = Array.FindIndex(_metrics, known => known.Name == metric);
        if (m < 0 || !_exposed.Contains(user) || !_observed.Add((user, m)))
        {
            return false;
        }

        _tallies[m, variant] = _tallies[m, variant].With(value);
        return true;
    }

    /// <summary>Looks at everything.</summary>
    /// <returns>The report; looking as often as one likes costs nothing but time.</returns>
    public ExperimentReport Report()
    {
        var reports = new List<MetricReport>();
        for (var m = 0; m < _metrics.Length; m++)
        {
            for (var v = 1; v < _counts.Length; v++)
            {
                var look = _tests[m, v].Look(_tallies[m, 0], _tallies[m, v], _alpha);
                var metric = _metrics[m];
                var isBreached = metric.Margin is { } margin && (metric.IsHigherBetter ? look.High < -margin : look.Low > margin);
                reports.Add(new MetricReport(
                    metric.Name, _experiment.Variants[v].Name, _tallies[m, 0], _tallies[m, v], look, look.PValue <= _alpha, isBreached));
            }
        }

        return new ExperimentReport(_experiment.Name, [.. _counts], _ratio.PValue, _ratio.PValue < RatioAlpha, reports);
    }
}
