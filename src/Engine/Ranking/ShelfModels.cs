using System.Collections.Frozen;
using Buddies.Engine.Bandits;

namespace Buddies.Engine.Ranking;

/// <summary>What ranks a shelf's candidates.</summary>
public enum ShelfModel
{
    /// <summary>All features by their weights, and what was learned from pages.</summary>
    Blend,

    /// <summary>The match of the factors alone: <see cref="PlaylistFeatures.TasteMatch"/>.</summary>
    Factors,

    /// <summary>The trained ranker of playlists alone: <see cref="PlaylistFeatures.Chosen"/>.</summary>
    Bpr,

    /// <summary>Links between tracks alone: <see cref="PlaylistFeatures.Linked"/>.</summary>
    Links,
}

/// <summary>Which model ranks which shelf, side by side on one page; shelves that are not named are ranked by the blend.</summary>
public sealed class ShelfModels
{
    private static readonly string[] s_names = ["blend", "factors", "bpr", "links"];

    private readonly FrozenDictionary<string, ShelfModel> _models;

    private ShelfModels(IReadOnlyDictionary<string, ShelfModel> models) => _models = models.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The blend everywhere.</summary>
    public static ShelfModels None { get; } = new(FrozenDictionary<string, ShelfModel>.Empty);

    /// <summary>The shelves that a model may rank: the others promise an order of their own.</summary>
    public static IReadOnlyList<string> Rankable { get; } =
        [Shelves.Buddies, Shelves.Taste, Shelves.Now, Shelves.Because, Shelves.Followed, Shelves.New];

    /// <summary>What ranks a shelf.</summary>
    /// <param name="shelf">Its id.</param>
    public ShelfModel this[string shelf] => _models.Count == 0 ? ShelfModel.Blend : _models.GetValueOrDefault(shelf);

    /// <summary>Whether any shelf is ranked by a model.</summary>
    /// <param name="model">Not the blend.</param>
    public bool Uses(ShelfModel model) => _models.Count > 0 && _models.Values.Contains(model);

    /// <summary>Reads them.</summary>
    /// <param name="text"><c>shelf=model</c>, several with commas between: <c>because=links,taste=factors</c>; nothing for <see cref="None"/>.</param>
    /// <returns>The models.</returns>
    /// <exception cref="FormatException">A part is no such pair, a shelf or model is unknown or comes twice, or a shelf promises an order.</exception>
    public static ShelfModels Parse(string? text)
    {
        var models = new Dictionary<string, ShelfModel>(StringComparer.Ordinal);
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var (shelf, name) = at < 0 ? (part, "") : (part[..at].Trim(), part[(at + 1)..].Trim());
            if (at < 0)
            {
                throw new FormatException($"expected shelf=model, got '{part}'");
            }

            if (!Rankable.Contains(shelf))
            {
                throw new FormatException(Shelves.All.Contains(shelf)
                    ? $"shelf '{shelf}' promises an order of its own; expected one of {string.Join(", ", Rankable)}"
                    : $"there is no shelf '{shelf}'; expected one of {string.Join(", ", Rankable)}");
            }

            var model = Array.IndexOf(s_names, name);
            if (model < 0)
            {
                throw new FormatException($"there is no model '{name}' for shelf '{shelf}'; expected one of {string.Join(", ", s_names)}");
            }

            if (!models.TryAdd(shelf, (ShelfModel)model))
            {
                throw new FormatException($"shelf '{shelf}' comes twice");
            }
        }

        return models.Count == 0 ? None : new ShelfModels(models);
    }

    /// <summary>What one model alone says of a playlist.</summary>
    /// <param name="model">Not the blend.</param>
    /// <param name="features">The playlist's features.</param>
    /// <returns>Points, on the scale of a match with the taste: −1 to 1.</returns>
    internal static float Score(ShelfModel model, in PlaylistFeatures features) => model switch
    {
        ShelfModel.Bpr => features.Chosen,
        ShelfModel.Links => features.Linked,
        _ => features.TasteMatch,
    };

    /// <summary>What ranks a shelf under a model version: one that lacks what was asked for ranks by the blend.</summary>
    internal ShelfModel Under(Serving.ServingModel? version, string shelf) => this[shelf] switch
    {
        ShelfModel.Bpr when version is not { HasPlaylistRanker: true } => ShelfModel.Blend,
        ShelfModel.Links when version is not { Ranking.LinkScale: > 0 } => ShelfModel.Blend,
        ShelfModel.Factors when version is null => ShelfModel.Blend,
        var model => model,
    };
}
