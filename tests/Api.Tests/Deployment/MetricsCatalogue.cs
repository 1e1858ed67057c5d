using System.Text.RegularExpressions;

namespace Buddies.Api.Tests.Deployment;

/// <summary>docs/metrics.md as a table: what each program says that it exports.</summary>
internal static partial class MetricsCatalogue
{
    /// <summary>The heading of what the cluster's silos export; all others are the one-process server's.</summary>
    public const string ClusterSection = "Of a silo";

    public static IReadOnlyList<CatalogueRow> Rows { get; } = [.. Read()];

    /// <summary>Names of the catalogue and what a histogram makes of them.</summary>
    public static IReadOnlySet<string> Series { get; } = Rows
        .SelectMany(row => row.Type == "histogram" ? (string[])[row.Name, $"{row.Name}_bucket", $"{row.Name}_sum", $"{row.Name}_count"] : [row.Name])
        .ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<CatalogueRow> Read()
    {
        var section = "";
        foreach (var line in Programs.Read("docs", "metrics.md").Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                section = line[3..].Split(" (")[0];
            }
            else if (Row().Match(line) is { Success: true } row)
            {
                foreach (Match name in Name().Matches(row.Groups["names"].Value))
                {
                    yield return new(section, name.Groups[1].Value, row.Groups["type"].Value, name.Groups[2].Value);
                }
            }
        }
    }

    [GeneratedRegex("^\\| (?<names>`[a-z][^|]*) \\| (?<type>counter|gauge|histogram)[^|]*\\|")]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z][a-z0-9_]*)(?:\\{([a-z, ]+)\\})?`")]
    private static partial Regex Name();
}

/// <summary>One metric of the catalogue.</summary>
internal sealed record CatalogueRow(string Section, string Name, string Type, string Labels);
