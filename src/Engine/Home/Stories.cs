using System.Globalization;
using Buddies.Engine.Bandits;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Home;

/// <summary>What a listener has chosen about Home.</summary>
/// <param name="Discovery">Between the familiar, 0, and discoveries, 1.</param>
public sealed record ListenerChoice(double Discovery)
{
    /// <summary>Of one who has chosen nothing.</summary>
    public static ListenerChoice Default { get; } = new(0.5);
}

/// <summary>How a card came to stand where it stands.</summary>
/// <param name="Page">The page it is on.</param>
/// <param name="Card">The card, with the candidates that it was drawn from.</param>
/// <param name="Belief">The reward that is expected of the card by its features, as learned by now.</param>
/// <param name="Weights">[<see cref="CardFeatures.Count"/>], what each feature adds to it.</param>
public sealed record CardStory(ShownPage Page, Impression Card, NormalArm Belief, IReadOnlyList<double> Weights)
{
    /// <summary>The number of the page that an impression id names.</summary>
    /// <param name="impressionId">From a card.</param>
    /// <returns>Null for what is no impression id.</returns>
    public static long? PageOf(string impressionId)
    {
        ArgumentNullException.ThrowIfNull(impressionId);
        var parts = impressionId.Split('-');
        return parts.Length == 3 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : null;
    }

    /// <summary>Tells the story of a card.</summary>
    /// <param name="page">The page that it may be on; null for none.</param>
    /// <param name="impressionId">From the card.</param>
    /// <param name="state">What was learned by now.</param>
    /// <param name="ranking">How the listener's model ranks; null where it says nothing of it.</param>
    /// <returns>Null where it is not on that page.</returns>
    public static CardStory? Of(ShownPage? page, string impressionId, PolicyState state, PlaylistRanking? ranking)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (page?.Cards.FirstOrDefault(card => page.IdOf(card) == impressionId) is not { } card)
        {
            return null;
        }

        var x = Array.ConvertAll(card.Choices[card.Chosen], feature => (double)feature);
        var cards = state.CardsUnder(Shelves.TakesLearnedWeights(card.Shelf) ? ranking?.Weights : null);
        return new CardStory(page, card, cards.At(x), [.. cards.Mean]);
    }
}

/// <summary>How a listener's pages are decided.</summary>
/// <param name="User">Whose.</param>
/// <param name="Segment">The listener's segment (<see cref="Segments"/>).</param>
/// <param name="Session">How much of a session there is, 0 to 1.</param>
/// <param name="Policy">The policy's name, with the experiments the listener is in.</param>
/// <param name="PolicyVersion">The version of what it has learned.</param>
/// <param name="Slice">Whether the listener's pages are drawn by the policy, or uniformly.</param>
/// <param name="PagesLearned">Pages of all listeners that it has learned from.</param>
/// <param name="Choice">What the listener has chosen.</param>
/// <param name="Experiments">Every experiment and the listener's variant; null for one who takes no part.</param>
/// <param name="SeenCount">Playlists that were seen of late without being opened.</param>
/// <param name="Played">Playlists played from of late, with the time, Unix milliseconds; the latest first.</param>
/// <param name="Shelves">What is believed of each shelf for listeners of the segment.</param>
public sealed record ListenerStory(
    UserId User,
    int Segment,
    double Session,
    string Policy,
    int PolicyVersion,
    PageSlice Slice,
    long PagesLearned,
    ListenerChoice Choice,
    IReadOnlyList<(string Name, string? Variant)> Experiments,
    int SeenCount,
    IReadOnlyList<(PlaylistId Playlist, long AtMs)> Played,
    IReadOnlyList<(string Shelf, NormalArm Belief)> Shelves)
{
    /// <summary>Tells how a listener's pages are decided.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="facts">The listener's facts.</param>
    /// <param name="session">Length of the session vector.</param>
    /// <param name="policy">The policy, with the experiments the listener is in.</param>
    /// <param name="pages">Pages that it has learned from.</param>
    /// <param name="choice">What the listener has chosen.</param>
    /// <param name="experiments">Every experiment and the listener's variant.</param>
    /// <param name="memory">What was seen and opened of late; null for nothing.</param>
    /// <param name="catalogue">Knows the ids of what was played.</param>
    public static ListenerStory Of(
        UserId user, UserTaste facts, float session, HomePolicy policy, long pages, ListenerChoice choice,
        IReadOnlyList<(string Name, string? Variant)> experiments, VisitMemory? memory, MusicCatalogue catalogue)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(catalogue);
        var segment = Segments.Of(facts, session);
        return new ListenerStory(
            user, segment, Math.Min(1, session), policy.Name, policy.State.Version, policy.SliceOf(user), pages, choice, experiments, memory?.Seen.Count ?? 0,
            [.. (memory?.Played ?? []).Select(played => (catalogue.IdOf(played.Playlist), played.LastAtMs))],
            [.. Bandits.Shelves.All.Select(shelf => (shelf, policy.State.ShelfOf(segment, shelf)))]);
    }
}
