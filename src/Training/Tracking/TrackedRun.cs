using System.Globalization;

namespace Buddies.Training.Tracking;

/// <summary>
/// One run of an experiment. Whatever becomes of the store, the work goes on: after the first failure it is told once, and
/// nothing more is written.
/// </summary>
public sealed class TrackedRun
{
    private readonly IRunStore? _store;
    private readonly TimeProvider _time;
    private readonly Action<string> _note;
    private bool _isLost;

    private TrackedRun(IRunStore? store, TimeProvider time, Action<string> note) => (_store, _time, _note, _isLost) = (store, time, note, store is null);

    /// <summary>A run that is kept nowhere.</summary>
    public static TrackedRun None { get; } = new(null, TimeProvider.System, static _ => { });

    /// <summary>The run's id; empty where it is kept nowhere.</summary>
    public string Id { get; private set; } = "";

    /// <summary>Begins a run, or goes on with one that did not end.</summary>
    /// <param name="store">Where.</param>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="name">The run's name.</param>
    /// <param name="former">The id of the one that did not end; null for none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="note">Told, in one sentence, of the first failure.</param>
    public static TrackedRun Begin(IRunStore store, string experiment, string name, string? former, TimeProvider time, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(note);
        var run = new TrackedRun(store, time, note);
        run.Try(() =>
        {
            run.Id = former is { Length: > 0 } && store.TryContinue(former) ? former : store.Begin(experiment, name, time.GetUtcNow());
            run.LogCode(store);
        });
        return run;
    }

    /// <summary>Writes parameters, each once.</summary>
    public void LogParameters(IReadOnlyDictionary<string, string> parameters) => Try(() => _store!.LogParameters(Id, parameters));

    /// <summary>Adds values of metrics at this time; those that are no numbers are left out.</summary>
    public void LogMetrics(IEnumerable<KeyValuePair<string, double>> metrics, long step = 0) => Try(() =>
    {
        MetricPoint[] points = [.. metrics.Where(metric => double.IsFinite(metric.Value)).Select(metric => new MetricPoint(metric.Key, metric.Value, _time.GetUtcNow(), step))];
        _store!.LogMetrics(Id, points);
    });

    /// <summary>Sets tags.</summary>
    public void SetTags(IReadOnlyDictionary<string, string> tags) => Try(() => _store!.SetTags(Id, tags));

    /// <summary>Keeps a file.</summary>
    public void LogArtifact(string name, byte[] content) => Try(() => _store!.LogArtifact(Id, name, content));

    /// <summary>Ends the run.</summary>
    public void End(RunStatus status) => Try(() => _store!.End(Id, status, _time.GetUtcNow()));

    /// <summary>The version of the code that is running.</summary>
    private void LogCode(IRunStore store)
    {
        var assembly = typeof(TrackedRun).Assembly;
        var version = assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyInformationalVersionAttribute), false) is [System.Reflection.AssemblyInformationalVersionAttribute informational, ..]
            ? informational.InformationalVersion
            : string.Create(CultureInfo.InvariantCulture, $"{assembly.GetName().Version}");
        store.SetTags(Id, new Dictionary<string, string>
        {
            ["buddies.version"] = version,
            ["buddies.code"] = assembly.ManifestModule.ModuleVersionId.ToString("N"),
            ["mlflow.source.name"] = "buddies",
        });
        if (version.IndexOf('+', StringComparison.Ordinal) is > 0 and var plus)
        {
            store.SetTags(Id, new Dictionary<string, string> { ["mlflow.source.git.commit"] = version[(plus + 1)..] });
        }
    }

    private void Try(Action work)
    {
        if (_isLost)
        {
            return;
        }

        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException or OperationCanceledException or ArgumentException or KeyNotFoundException or InvalidOperationException)
        {
            _isLost = true;
            _note($"This run is not tracked any more in {_store!.Place}: {e.Message}");
        }
    }
}
