using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Bandits;

/// <summary>What a policy has learned, as of one version: beliefs of shelves by segment, of cards by their features, and of single playlists. Immutable.</summary>
public sealed class PolicyState
{
    private readonly IReadOnlyDictionary<(int Segment, string Shelf), NormalArm> _shelves;
    private readonly IReadOnlyDictionary<PlaylistId, NormalArm> _playlists;
    private readonly Func<string, NormalArm> _newShelf;
    private readonly double[] _prior;
    private readonly double _strength;
    private volatile Tuple<RankingWeights, LinearArm>? _latest;

    internal PolicyState(
        int version,
        LinearArm cards,
        double[] prior,
        double strength,
        IReadOnlyDictionary<(int Segment, string Shelf), NormalArm> shelves,
        Func<string, NormalArm> newShelf,
        IReadOnlyDictionary<PlaylistId, NormalArm> playlists,
        NormalArm newPlaylist)
    {
        Version = version;
        Cards = cards;
        (_prior, _strength) = (prior, strength);
        _shelves = shelves;
        _newShelf = newShelf;
        _playlists = playlists;
        NewPlaylist = newPlaylist;
    }

    /// <summary>Grows with every state that the learner makes.</summary>
    public int Version { get; }

    /// <summary>What is believed of a card by its features.</summary>
    public LinearArm Cards { get; }

    /// <summary>The same under a model that brings weights of its own: what was learned from pages, begun from those.</summary>
    /// <param name="weights">The model's weights; null for a model without.</param>
    /// <returns><see cref="Cards"/> where there are none. Made once for each state and weights that are asked for in a row.</returns>
    public LinearArm CardsUnder(RankingWeights? weights)
    {
        if (weights is null)
        {
            return Cards;
        }

        if (_latest is { } latest && ReferenceEquals(latest.Item1, weights))
        {
            return latest.Item2;
        }

        var change = CardFeatures.PriorOf(weights);
        for (var i = 0; i < change.Length; i++)
        {
            change[i] -= _prior[i];
        }

        var cards = Cards.WithPriorMovedBy(change, _strength);
        _latest = Tuple.Create(weights, cards);
        return cards;
    }

    /// <summary>What is believed of a playlist of which nothing was seen: as <see cref="PlaylistOf"/>.</summary>
    public NormalArm NewPlaylist { get; }

    /// <summary>What is believed of a shelf's reward in a segment.</summary>
    /// <param name="segment">From <see cref="Segments"/>.</param>
    /// <param name="shelf">The shelf's id.</param>
    /// <returns>A normal belief; of a shelf never seen, the belief of a shelf like the others.</returns>
    public NormalArm ShelfOf(int segment, string shelf) => _shelves.TryGetValue((segment, shelf), out var arm) ? arm : _newShelf(shelf);

    /// <summary>By which share a playlist gets more than its features promise.</summary>
    /// <param name="playlist">Which.</param>
    /// <returns>A normal belief, −1 for nothing at all, 1 for twice as much; of one never seen, around 0.</returns>
    /// <remarks>What a card promises counts as <see cref="PlaylistBeliefs.LeastPromise"/> at least.</remarks>
    public NormalArm PlaylistOf(PlaylistId playlist) => _playlists.TryGetValue(playlist, out var arm) ? arm : NewPlaylist;
}
