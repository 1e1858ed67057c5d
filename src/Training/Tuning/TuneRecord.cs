using System.Globalization;
using Buddies.Training.Tracking;

namespace Buddies.Training.Tuning;

/// <summary>What is tracked of a search: a run for the search, and under it one for each trial of each round.</summary>
public sealed class TuneRecord
{
    private readonly RunTracking _tracking;
    private readonly TimeProvider _time;
    private readonly Action<string> _note;
    private readonly string _search;
    private readonly TrackedRun _parent;

    /// <summary>Begins the run of the search.</summary>
    /// <param name="tracking">Where; null for nowhere.</param>
    /// <param name="search">What the search is of, in one line.</param>
    /// <param name="time">The clock.</param>
    /// <param name="note">Told of a failure.</param>
    /// <returns>Null where nothing is tracked.</returns>
    public static TuneRecord? Begin(RunTracking? tracking, string search, TimeProvider time, Action<string> note) =>
        tracking is null ? null : new TuneRecord(tracking, search, time, note);

    private TuneRecord(RunTracking tracking, string search, TimeProvider time, Action<string> note)
    {
        (_tracking, _search, _time, _note) = (tracking, search, time, note);
        _parent = TrackedRun.Begin(tracking.Store, tracking.Experiment, "search", null, time, note);
        _parent.SetTags(new Dictionary<string, string> { ["buddies.search"] = search });
    }

    /// <summary>The id of the search's run; empty where it could not be begun.</summary>
    public string Id => _parent.Id;

    /// <summary>Keeps a finished trial.</summary>
    public void Add(TrialResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (_parent.Id.Length == 0)
        {
            return; // It has been told that nothing is tracked.
        }

        var run = TrackedRun.Begin(
            _tracking.Store, _tracking.Experiment, string.Create(CultureInfo.InvariantCulture, $"trial {result.Trial}, {result.Epochs} epochs"), null, _time, _note);
        run.LogParameters(new Dictionary<string, string>(result.Values.Select(pair => KeyValuePair.Create(pair.Key, Text(pair.Value))))
        {
            ["trial"] = Text(result.Trial),
            ["epochs"] = Text(result.Epochs),
        });
        run.LogMetrics(new Dictionary<string, double>(MetricsOf(result)) { ["seconds"] = result.Seconds }, result.Epochs);
        run.SetTags(new Dictionary<string, string> { ["mlflow.parentRunId"] = _parent.Id, ["buddies.search"] = _search });
        run.End(RunStatus.Finished);
    }

    /// <summary>Ends the run of the search.</summary>
    /// <param name="results">Best first; empty for a search that was stopped.</param>
    public void End(IReadOnlyList<TrialResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (results is [var best, ..])
        {
            _parent.LogParameters(best.Values.ToDictionary(pair => pair.Key, pair => Text(pair.Value)));
            _parent.LogMetrics(MetricsOf(best));
        }

        _parent.End(results.Count > 0 ? RunStatus.Finished : RunStatus.Killed);
    }

    private static Dictionary<string, double> MetricsOf(TrialResult result)
    {
        var metrics = new Dictionary<string, double> { ["holdoutRecall"] = result.Recall, ["holdoutNdcg"] = result.Ndcg };
        if (result.Friends is { } friends)
        {
            metrics.Add("friendsRecall", friends);
        }

        return metrics;
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
