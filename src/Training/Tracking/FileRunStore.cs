using System.Globalization;
using System.Text;

namespace Buddies.Training.Tracking;

/// <summary>
/// Runs in MLflow's file store: <c>mlruns/EXPERIMENT/RUN</c> with <c>meta.yaml</c>, a file for each parameter and tag, a line
/// "time value step" for each value of a metric, and <c>artifacts</c>. <c>mlflow ui --backend-store-uri DIR</c> shows it.
/// </summary>
/// <param name="folder">The store, such as <c>mlruns</c>.</param>
/// <param name="user">Whose runs they are.</param>
public sealed class FileRunStore(string folder, string user) : IRunStore
{
    private const string Meta = "meta.yaml";
    private readonly string _folder = Path.GetFullPath(folder);

    /// <inheritdoc/>
    public string Place => _folder;

    /// <inheritdoc/>
    public string Begin(string experiment, string name, DateTimeOffset at)
    {
        var id = FindOrMakeExperiment(experiment, at);
        var run = Guid.NewGuid().ToString("N");
        var path = Path.Combine(_folder, id, run);
        foreach (var kind in new[] { "artifacts", "metrics", "params", "tags" })
        {
            Directory.CreateDirectory(Path.Combine(path, kind));
        }

        WriteMeta(path, new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["artifact_uri"] = Quote(new Uri(Path.Combine(path, "artifacts")).AbsoluteUri),
            ["end_time"] = "null",
            ["entry_point_name"] = "''",
            ["experiment_id"] = Quote(id),
            ["lifecycle_stage"] = "active",
            ["run_id"] = Quote(run),
            ["run_name"] = Quote(name),
            ["run_uuid"] = Quote(run),
            ["source_name"] = "''",
            ["source_type"] = "4", // A local program.
            ["source_version"] = "''",
            ["start_time"] = Milliseconds(at),
            ["status"] = Number((int)RunStatus.Running),
            ["tags"] = "[]",
            ["user_id"] = Quote(user),
        });
        SetTags(run, new Dictionary<string, string> { ["mlflow.runName"] = name, ["mlflow.user"] = user, ["mlflow.source.type"] = "LOCAL" });
        return run;
    }

    /// <inheritdoc/>
    public bool TryContinue(string run)
    {
        if (FindRun(run) is not { } path)
        {
            return false;
        }

        ChangeMeta(path, RunStatus.Running, "null");
        return true;
    }

    /// <inheritdoc/>
    public void LogParameters(string run, IReadOnlyDictionary<string, string> parameters) => WriteEach(run, "params", parameters);

    /// <inheritdoc/>
    public void SetTags(string run, IReadOnlyDictionary<string, string> tags) => WriteEach(run, "tags", tags);

    /// <inheritdoc/>
    public void LogMetrics(string run, IReadOnlyList<MetricPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var path = PathOf(run);
        foreach (var metric in points.GroupBy(point => point.Name))
        {
            var lines = string.Concat(metric.Select(point => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds(point.At)} {point.Value:R} {point.Step}\n")));
            File.AppendAllText(Path.Combine(path, "metrics", FileNameOf(metric.Key)), lines);
        }
    }

    /// <inheritdoc/>
    public void LogArtifact(string run, string name, byte[] content) => File.WriteAllBytes(Path.Combine(PathOf(run), "artifacts", FileNameOf(name)), content);

    /// <inheritdoc/>
    public void End(string run, RunStatus status, DateTimeOffset at) => ChangeMeta(PathOf(run), status, Milliseconds(at));

    private static void WriteMeta(string path, SortedDictionary<string, string> values)
    {
        var next = Path.Combine(path, Meta + ".next");
        File.WriteAllText(next, string.Concat(values.Select(pair => $"{pair.Key}: {pair.Value}\n")), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(next, Path.Combine(path, Meta), overwrite: true);
    }

    /// <summary>Ours or MLflow's own: one "key: value" a line; only two of them change.</summary>
    private static void ChangeMeta(string path, RunStatus status, string endTime)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Path.Combine(path, Meta)))
        {
            if (line.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon)
            {
                values[line[..colon]] = line[(colon + 2)..];
            }
        }

        values["status"] = Number((int)status);
        values["end_time"] = endTime;
        WriteMeta(path, values);
    }

    private static string FileNameOf(string name) => Path.GetFileName(name) == name && name is not ("" or "." or "..")
        ? name
        : throw new ArgumentException($"Expected a name that a file can have, got '{name}'.", nameof(name));

    /// <summary>A YAML scalar in single quotes; what would end it is doubled.</summary>
    private static string Quote(string text) => $"'{text.ReplaceLineEndings(" ").Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private void WriteEach(string run, string kind, IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var path = PathOf(run);
        foreach (var (name, value) in values)
        {
            File.WriteAllText(Path.Combine(path, kind, FileNameOf(name)), value, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
    }

    private string PathOf(string run) => FindRun(run) ?? throw new IOException($"{_folder}: there is no run {run}.");

    private string? FindRun(string run) => !Directory.Exists(_folder)
        ? null
        : Directory.EnumerateDirectories(_folder).Select(experiment => Path.Combine(experiment, FileNameOf(run))).FirstOrDefault(path => File.Exists(Path.Combine(path, Meta)));

    private string FindOrMakeExperiment(string name, DateTimeOffset at)
    {
        Directory.CreateDirectory(_folder);
        foreach (var experiment in Directory.EnumerateDirectories(_folder))
        {
            var meta = Path.Combine(experiment, Meta);
            if (File.Exists(meta) && File.ReadLines(meta).Any(line => line == $"name: {Quote(name)}" || line == $"name: {name}"))
            {
                return Path.GetFileName(experiment);
            }
        }

        // MLflow's own ids are numbers of eighteen digits.
        var id = (100_000_000_000_000_000 + Random.Shared.NextInt64(900_000_000_000_000_000)).ToString(CultureInfo.InvariantCulture);
        var path = Directory.CreateDirectory(Path.Combine(_folder, id)).FullName;
        WriteMeta(path, new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["artifact_location"] = Quote(new Uri(path).AbsoluteUri),
            ["creation_time"] = Milliseconds(at),
            ["experiment_id"] = Quote(id),
            ["last_update_time"] = Milliseconds(at),
            ["lifecycle_stage"] = "active",
            ["name"] = Quote(name),
        });
        return id;
    }
}
