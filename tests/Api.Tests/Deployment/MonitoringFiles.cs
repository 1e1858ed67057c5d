using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Buddies.Api.Tests.Deployment;

/// <summary>Rules and dashboard as they lie in the repository.</summary>
internal static partial class MonitoringFiles
{
    private static readonly string[] s_words = ["and", "or", "unless", "bool", "sum", "max", "min", "count", "avg"];

    public static string Folder { get; } = Path.Combine(Programs.Root, "k8s", "components", "monitoring");

    public static IReadOnlyList<YamlNode> Groups { get; } =
        YamlPaths.Documents(File.ReadAllText(Path.Combine(Folder, "rules.yaml")))[0].Items("spec", "groups");

    public static IReadOnlyList<YamlNode> Rules { get; } = [.. Groups.SelectMany(group => group.Items("rules"))];

    public static IReadOnlyList<YamlNode> Alerts { get; } = [.. Rules.Where(rule => rule.Text("alert") is not null)];

    public static IReadOnlyList<string> Recorded { get; } = [.. Rules.Select(rule => rule.Text("record")).OfType<string>()];

    /// <summary>What the dashboard asks for, with every namespace chosen.</summary>
    public static IReadOnlyList<string> PanelQueries { get; } = [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "dashboard.json"))).RootElement
        .GetProperty("panels").EnumerateArray()
        .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
        .Select(target => target.GetProperty("expr").GetString()!.Replace("$namespace", ".*", StringComparison.Ordinal))];

    /// <summary>Names of metrics in a query: what is left of it without functions, labels, durations and strings.</summary>
    public static IEnumerable<string> MetricsOf(string query) => Identifier()
        .Matches(NotMetrics().Replace(Strings().Replace(query, ""), " "))
        .Select(match => match.Value)
        .Where(word => !s_words.Contains(word))
        .Distinct(StringComparer.Ordinal);

    /// <summary>The rules as Prometheus itself reads them, every group at its interval or at another one.</summary>
    public static void WriteRules(string path, string? interval = null)
    {
        var groups = new YamlSequenceNode(Groups.Select(group => new YamlMappingNode(
            new YamlScalarNode("name"), group.At("name")!,
            new YamlScalarNode("interval"), new YamlScalarNode(interval ?? group.Text("interval")),
            new YamlScalarNode("rules"), group.At("rules")!)));
        using var writer = new StreamWriter(path);
        new YamlStream(new YamlDocument(new YamlMappingNode(new YamlScalarNode("groups"), groups))).Save(writer, assignAnchors: false);
    }

    // They may hold anything, braces among it.
    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Strings();

    // What stands in braces, in brackets, after by, on and offset, and the names of functions.
    [GeneratedRegex("\\{[^}]*\\}|\\[[^\\]]*\\]|\\b(?:by|on)\\s*\\([^)]*\\)|\\boffset\\s+\\w+|\\b[a-z_]+\\s*(?=\\()")]
    private static partial Regex NotMetrics();

    [GeneratedRegex("(?<![\\w.])[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex Identifier();
}
