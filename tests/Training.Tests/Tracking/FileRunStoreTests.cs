using System.Globalization;
using Buddies.Training.Tracking;
using Buddies.Training.Tuning;

namespace Buddies.Training.Tests.Tracking;

/// <summary>MLflow's file store, as its own documentation and source have it.</summary>
public sealed class FileRunStoreTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("buddies-runs-").FullName, "mlruns");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void Run_FromBeginningToEnd_LiesWhereMlflowReadsIt()
    {
        var store = new FileRunStore(_folder, "o'neil");
        var run = store.Begin("first: 'one'", "a run", s_start);
        store.LogParameters(run, new Dictionary<string, string> { ["dimension"] = "64" });
        store.LogMetrics(run, [new MetricPoint("objective", 2.5, s_start, 1), new MetricPoint("objective", 1e-20, s_start.AddSeconds(1), 2), new MetricPoint("rate", 7, s_start, 1)]);
        store.SetTags(run, new Dictionary<string, string> { ["buddies.data"] = "abc" });
        store.LogArtifact(run, "report.json", "{}"u8.ToArray());
        store.End(run, RunStatus.Finished, s_start.AddMinutes(1));

        var experiment = Assert.Single(Directory.GetDirectories(_folder));
        var path = Path.Combine(experiment, run);
        var ms = s_start.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        Assert.Equal($"{ms} 2.5 1\n{s_start.AddSeconds(1).ToUnixTimeMilliseconds()} 1E-20 2\n", File.ReadAllText(Path.Combine(path, "metrics", "objective")));
        Assert.Equal("64", File.ReadAllText(Path.Combine(path, "params", "dimension")));
        Assert.Equal("abc", File.ReadAllText(Path.Combine(path, "tags", "buddies.data")));
        Assert.Equal("a run", File.ReadAllText(Path.Combine(path, "tags", "mlflow.runName")));
        Assert.Equal("{}", File.ReadAllText(Path.Combine(path, "artifacts", "report.json")));

        var meta = Read(path);
        Assert.Equal(
            ["artifact_uri", "end_time", "entry_point_name", "experiment_id", "lifecycle_stage", "run_id", "run_name", "run_uuid", "source_name", "source_type", "source_version", "start_time", "status", "tags", "user_id"],
            meta.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("3", meta["status"]);
        Assert.Equal(ms, meta["start_time"]);
        Assert.Equal(s_start.AddMinutes(1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), meta["end_time"]);
        Assert.Equal($"'{run}'", meta["run_id"]);
        Assert.Equal(meta["run_id"], meta["run_uuid"]);
        Assert.Equal("'o''neil'", meta["user_id"]);
        Assert.Equal($"'{Path.GetFileName(experiment)}'", meta["experiment_id"]);
        Assert.Equal($"'{new Uri(Path.Combine(path, "artifacts")).AbsoluteUri}'", meta["artifact_uri"]);
        Assert.Matches("^[0-9a-f]{32}$", run);

        var of = Read(experiment);
        Assert.Equal(["artifact_location", "creation_time", "experiment_id", "last_update_time", "lifecycle_stage", "name"], of.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("'first: ''one'''", of["name"]);
    }

    [Fact]
    public void Begin_AnotherRunOfAnExperiment_GoesIntoIt()
    {
        var store = new FileRunStore(_folder, "ann");
        var first = store.Begin("one", "a", s_start);
        store.Begin("one", "b", s_start);
        store.Begin("two", "c", s_start);
        Assert.Equal(2, Directory.GetDirectories(_folder).Length);
        store.End(first, RunStatus.Killed, s_start);
        Assert.True(new FileRunStore(_folder, "ann").TryContinue(first));
        var path = Directory.GetDirectories(_folder).Select(experiment => Path.Combine(experiment, first)).Single(Directory.Exists);
        Assert.Equal(("1", "null"), (Read(path)["status"], Read(path)["end_time"]));
        Assert.False(store.TryContinue("00000000000000000000000000000000"));
    }

    [Fact]
    public void TrackedRun_WhoseStoreIsGone_TellsOnceAndGoesOn()
    {
        var notes = new List<string>();
        File.WriteAllText(_folder, "no folder");
        var run = TrackedRun.Begin(new FileRunStore(_folder, "ann"), "one", "a", null, TimeProvider.System, notes.Add);
        run.LogMetrics(new Dictionary<string, double> { ["x"] = 1 });
        run.End(RunStatus.Finished);
        Assert.Contains("not tracked any more", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public void TuneRecord_OfASearch_KeepsEachTrialUnderIt()
    {
        var record = TuneRecord.Begin(new RunTracking(new FileRunStore(_folder, "ann"), "searches"), "a search", TimeProvider.System, _ => { })!;
        TrialResult[] trials =
        [
            new(0, 2, new Dictionary<string, double>(), 0.2, 0.1, 1),
            new(1, 2, new Dictionary<string, double> { ["tag-weight"] = 0.25 }, 0.3, 0.2, 1),
        ];
        Array.ForEach(trials, record.Add);
        record.End([trials[1], trials[0]]);

        var runs = Directory.GetDirectories(Directory.GetDirectories(_folder).Single());
        Assert.Equal(3, runs.Length);
        var parent = runs.Single(run => !File.Exists(Path.Combine(run, "tags", "mlflow.parentRunId")));
        Assert.All(runs.Where(run => run != parent), run => Assert.Equal(Path.GetFileName(parent), File.ReadAllText(Path.Combine(run, "tags", "mlflow.parentRunId"))));
        Assert.Equal("0.25", File.ReadAllText(Path.Combine(parent, "params", "tag-weight")));
        Assert.All(runs, run => Assert.Equal("3", Read(run)["status"]));
        Assert.Equal(["0.2", "0.3"], runs.Where(run => run != parent).Select(run => File.ReadAllText(Path.Combine(run, "metrics", "holdoutRecall")).Split(' ')[1]).Order());
    }

    private static Dictionary<string, string> Read(string path) =>
        File.ReadAllLines(Path.Combine(path, "meta.yaml")).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
