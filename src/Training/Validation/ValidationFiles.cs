using System.Text.Json;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;

namespace Buddies.Training.Validation;

/// <summary>The schema, the statistics and the reports of a data directory: JSON files beside the snapshots.</summary>
/// <param name="dataDirectory">The data directory.</param>
public sealed class ValidationFiles(string dataDirectory)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly string _folder = SnapshotFolders.In(dataDirectory);

    /// <summary>Where the schema is.</summary>
    public string SchemaPath => Path.Combine(_folder, "schema.json");

    /// <summary>Where the statistics of a version's training data are.</summary>
    public string StatisticsPath(SnapshotVersion version) => PathOf(version, "statistics.json");

    /// <summary>Where the report about a version is.</summary>
    public string ReportPath(SnapshotVersion version) => PathOf(version, "validation.json");

    /// <summary>Where the report for people is.</summary>
    public string HtmlPath(SnapshotVersion version) => PathOf(version, "validation.html");

    /// <summary>Where the manifest of a version is.</summary>
    internal string ManifestPath(SnapshotVersion version) => Path.Combine(_folder, SnapshotFolders.NameOf(version), "manifest.json");

    /// <summary>The schema; null where there is none yet.</summary>
    /// <exception cref="TrainingException">It cannot be read.</exception>
    public DataSchema? ReadSchema() => Read<DataSchema>(SchemaPath) switch
    {
        null => null,
        { Version: DataSchema.CurrentVersion } schema => schema,
        var other => throw new TrainingException($"{SchemaPath}: expected format {DataSchema.CurrentVersion}, found {other.Version}."),
    };

    /// <summary>The statistics of a version; null where there are none.</summary>
    /// <exception cref="TrainingException">They cannot be read.</exception>
    public DataStatistics? ReadStatistics(SnapshotVersion version) => Read<DataStatistics>(StatisticsPath(version));

    /// <summary>Writes the schema.</summary>
    public void Write(DataSchema schema) => Write(SchemaPath, JsonSerializer.SerializeToUtf8Bytes(schema, s_json));

    /// <summary>Writes statistics.</summary>
    public void Write(SnapshotVersion version, DataStatistics statistics) =>
        Write(StatisticsPath(version), JsonSerializer.SerializeToUtf8Bytes(statistics, s_json));

    /// <summary>Writes a report, for programs and for people.</summary>
    public void Write(ValidationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var version = new SnapshotVersion(report.Version);
        Write(ReportPath(version), JsonSerializer.SerializeToUtf8Bytes(report, s_json));
        Write(HtmlPath(version), System.Text.Encoding.UTF8.GetBytes(ValidationHtml.Write(report)));
    }

    private static T? Read<T>(string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), s_json)
                ?? throw new TrainingException($"{path}: expected an object, found null.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new TrainingException($"{path}: {e.Message}", e);
        }
    }

    private void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(_folder);
        var next = path + ".next";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
        FolderDurability.Flush(_folder);
    }

    private string PathOf(SnapshotVersion version, string kind) => Path.Combine(_folder, $"{SnapshotFolders.NameOf(version)}.{kind}");
}
