using System.Text.RegularExpressions;

namespace Buddies.Api.Tests.Deployment;

/// <summary>docs/metrics.md as a table: what each program says that it exports.</summary>
internal static partial class MetricsCatalogue
{
    public static IReadOnlyList<CatalogueRow> Rows { get; } = [.. Read()];

    /// <summary>Names of the catalogue and what a histogram makes of them.</summary>
    public static IReadOnlySet<string> Series { get; } = Rows
        .SelectMany(row => row.Type == "histogram" ? (string[])[row.Name, $"{row.Name}_bucket", $"{row.Name}_sum", $"{row.Name}_count"] : [row.Name])
        .ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<CatalogueRow> Read()
    {
        foreach (var line in Programs.Read("docs", "metrics.md").Split('\n'))
        {
            if (Row().Match(line) is { Success: true } row)
            {
                foreach (Match name in Name().Matches(row.Groups["names"].Value))
                {
                    yield return new(name.Groups[1].Value, row.Groups["type"].Value, name.Groups[2].Value, row.Groups["silos"].Value);
                }
            }
        }
    }

    [GeneratedRegex("^\\| (?<names>`[a-z][^|]*) \\| (?<type>counter|gauge|histogram)[^|]*\\|(?: (?<silos>sum|same|own|none) \\|)?")]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z][a-z0-9_]*)(?:\\{([a-z, ]+)\\})?`")]
    private static partial Regex Name();
}

/// <summary>One metric of the catalogue.</summary>
/// <param name="Name">As Prometheus has it.</param>
/// <param name="Type">counter, gauge or histogram.</param>
/// <param name="Labels">Names of its labels, after commas.</param>
/// <param name="Silos">What makes it the cluster's: sum, same, own, or none where silos do not have it; empty where that is not said.</param>
internal sealed record CatalogueRow(string Name, string Type, string Labels, string Silos)
{
    /// <summary>Whether it is one of this repository's meters.</summary>
    public bool IsOurs => Name.StartsWith("buddies_", StringComparison.Ordinal);

    /// <summary>Whether a silo exports it.</summary>
    public bool IsOfSilos => Silos != "none";
}
