using YamlDotNet.RepresentationModel;

namespace Buddies.Api.Tests.Deployment;

/// <summary>Looks into YAML; what is not there is null, or none.</summary>
internal static class YamlPaths
{
    public static YamlNode? At(this YamlNode? node, params string[] path) =>
        path.Aggregate(node, (at, key) => at is YamlMappingNode map && map.Children.TryGetValue(key, out var next) ? next : null);

    public static string? Text(this YamlNode? node, params string[] path) => (node.At(path) as YamlScalarNode)?.Value;

    public static IReadOnlyList<YamlNode> Items(this YamlNode? node, params string[] path) => node.At(path) is YamlSequenceNode items ? [.. items] : [];

    public static IReadOnlyDictionary<string, string> Pairs(this YamlNode? node, params string[] path) => node.At(path) is YamlMappingNode map
        ? map.Children.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString(), StringComparer.Ordinal)
        : new Dictionary<string, string>();

    /// <summary>Every node of the tree with a key of a name.</summary>
    public static IEnumerable<YamlNode> All(this YamlNode? node, string key) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(pair => pair.Key.ToString() == key ? pair.Value.All(key).Prepend(pair.Value) : pair.Value.All(key)),
        YamlSequenceNode items => items.SelectMany(item => item.All(key)),
        _ => [],
    };

    public static IReadOnlyList<YamlNode> Documents(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => document.RootNode)];
    }
}
