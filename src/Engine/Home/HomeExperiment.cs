using System.Text.Json;
using Buddies.Engine.Experiments;

namespace Buddies.Engine.Home;

/// <summary>What a variant changes; what is null stays as it is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Share">Its share of the experiment's listeners, above 0.</param>
/// <param name="Exploration">See <see cref="HomePolicy.Exploration"/>.</param>
/// <param name="Epsilon">See <see cref="HomePolicy.Epsilon"/>.</param>
/// <param name="Window">See <see cref="HomePolicy.Window"/>.</param>
/// <param name="NewWindow">See <see cref="HomePolicy.NewWindow"/>.</param>
/// <param name="HasNewShelf">See <see cref="HomePolicy.HasNewShelf"/>.</param>
/// <param name="SeenCap">See <see cref="HomePolicy.SeenCap"/>.</param>
public sealed record HomeVariant(
    string Name, double Share = 1, double? Exploration = null, double? Epsilon = null, int? Window = null, int? NewWindow = null,
    bool? HasNewShelf = null, double? SeenCap = null);

/// <summary>An experiment on how Home is decided.</summary>
public sealed class HomeExperiment
{
    private const int MostWindow = 32;
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    private readonly HomeVariant[] _variants;

    /// <summary>Defines it.</summary>
    /// <param name="name">Its name: letters, digits, hyphens; a file is called so.</param>
    /// <param name="variants">Two or more; the first is the control.</param>
    /// <param name="traffic">Share of all listeners who take part, above 0, at most 1.</param>
    /// <exception cref="ArgumentException">A name, a share or a value is out of its range.</exception>
    public HomeExperiment(string name, IReadOnlyList<HomeVariant> variants, double traffic = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(variants);
        if (name.Length > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            throw new ArgumentException($"Expected a name of letters, digits and hyphens, at most 64, got '{name}'.", nameof(name));
        }

        foreach (var variant in variants)
        {
            if (string.IsNullOrEmpty(variant.Name) || variant.Exploration is < 0 or > 100 || variant.Epsilon is < 0 or > 1 || variant.Window is < 1 or > MostWindow
                || variant.NewWindow is < 1 or > MostWindow || variant.SeenCap is <= 0)
            {
                throw new ArgumentException($"Variant '{variant.Name}' of {name}: a value is out of its range.", nameof(variants));
            }
        }

        Definition = new Experiment(name, [.. variants.Select(variant => new Variant(variant.Name, variant.Share))], traffic);
        _variants = [.. variants];
    }

    /// <summary>Who gets what.</summary>
    public Experiment Definition { get; }

    /// <summary>A policy as a variant has it.</summary>
    /// <param name="policy">The policy without the experiment.</param>
    /// <param name="variant">Position of the variant.</param>
    /// <returns>The policy, its name with the experiment's and the variant's behind it.</returns>
    public HomePolicy Treat(HomePolicy policy, int variant)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var chosen = _variants[variant];
        return policy with
        {
            Name = $"{policy.Name} {Definition.Name}={chosen.Name}",
            Exploration = chosen.Exploration ?? policy.Exploration,
            Epsilon = chosen.Epsilon ?? policy.Epsilon,
            Window = chosen.Window ?? policy.Window,
            NewWindow = chosen.NewWindow ?? policy.NewWindow,
            HasNewShelf = chosen.HasNewShelf ?? policy.HasNewShelf,
            SeenCap = chosen.SeenCap ?? policy.SeenCap,
        };
    }

    /// <summary>Reads definitions: a JSON array of <c>{name, traffic?, variants: [{name, share?, exploration?, …}]}</c>.</summary>
    /// <param name="text">The JSON.</param>
    /// <returns>The experiments.</returns>
    /// <exception cref="FormatException">It is none, a field is unknown or out of its range, or a name comes twice.</exception>
    public static IReadOnlyList<HomeExperiment> Read(string text)
    {
        try
        {
            var items = JsonSerializer.Deserialize<Item[]>(text, s_json) ?? [];
            if (items.DistinctBy(item => item.Name).Count() < items.Length)
            {
                throw new FormatException("Two experiments have one name.");
            }

            return [.. items.Select(item => new HomeExperiment(item.Name ?? "", item.Variants ?? [], item.Traffic))];
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new FormatException($"Experiments: {e.Message}", e);
        }
    }

    private sealed record Item(string? Name, HomeVariant[]? Variants, double Traffic = 1);
}
