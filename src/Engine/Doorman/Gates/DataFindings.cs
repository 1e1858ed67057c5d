using System.Text.Json;

namespace Buddies.Engine.Doorman.Gates;

/// <summary>
/// The report about the data of a version, which lies beside its folder: <c>000002.validation.json</c>. It is no part of the
/// snapshot, because what serving logs is looked at again after the snapshot was written.
/// </summary>
public static class DataFindings
{
    /// <summary>What the report's name is, behind that of the folder.</summary>
    public const string Suffix = ".validation.json";

    /// <summary>The metric of a manifest that says that there is such a report; trainers write it.</summary>
    public const string Metric = "dataErrors";

    /// <summary>Reads what refuses the version.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <returns>One sentence for each error; that there is no readable report, where there is none.</returns>
    public static IReadOnlyList<string> ReadErrors(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = folder.TrimEnd(Path.DirectorySeparatorChar) + Suffix;
        try
        {
            using var report = JsonDocument.Parse(File.ReadAllBytes(path));
            return
            [
                .. report.RootElement.GetProperty("anomalies").EnumerateArray()
                    .Where(anomaly => anomaly.GetProperty("severity").GetString() != "warning")
                    .Select(anomaly => anomaly.GetProperty("message").GetString() ?? throw new JsonException("an anomaly without a message")),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [$"The report about its data cannot be read: {e.Message}"];
        }
    }
}
