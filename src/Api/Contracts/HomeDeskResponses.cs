using Buddies.Engine.Bandits;
using Buddies.Engine.Home;

namespace Buddies.Api.Contracts;

/// <summary>What a listener has chosen about Home.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="Discovery">Between the familiar, 0, and discoveries, 1; 0.5 for one who has chosen nothing.</param>
public sealed record SettingsResponse(string UserId, double Discovery)
{
    public static SettingsResponse From(string user, ListenerChoice choice) => new(user, choice.Discovery);
}

/// <summary>What a listener chooses; what is left out stays as it is.</summary>
/// <param name="Discovery">From 0 to 1.</param>
public sealed record SettingsRequest(double? Discovery = null);

/// <summary>How a card came to stand where it stands.</summary>
/// <param name="ImpressionId">The card.</param>
/// <param name="PlaylistId">Its playlist.</param>
/// <param name="Shelf">The shelf.</param>
/// <param name="ShelfPosition">The shelf's place, from 0.</param>
/// <param name="ShelfPropensity">How likely this shelf was at this place.</param>
/// <param name="Position">The card's place on the shelf, from 0.</param>
/// <param name="Propensity">How likely this card was at this place, among its candidates.</param>
/// <param name="Candidates">How many there were; 1 where the shelf promises an order.</param>
/// <param name="Rank">Its place among them by what was expected, from 0.</param>
/// <param name="Explored">Whether something else was expected to do better: the card was drawn to learn from it.</param>
/// <param name="Uniform">Whether everything on this page was drawn uniformly.</param>
/// <param name="Expected">The reward that is expected of the card by its features, as learned by now.</param>
/// <param name="Deviation">How unsure that is.</param>
/// <param name="Parts">What each feature adds to it.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="PolicyVersion">The version of what it had learned.</param>
/// <param name="SnapshotVersion">The model version.</param>
/// <param name="Segment">The listener's segment then.</param>
/// <param name="ShownAt">When the page was made.</param>
public sealed record WhyResponse(
    string ImpressionId, string PlaylistId, string Shelf, int ShelfPosition, double ShelfPropensity, int Position, double Propensity, int Candidates,
    int Rank, bool Explored, bool Uniform, double Expected, double Deviation, IReadOnlyList<WhyPart> Parts, string Policy, int PolicyVersion,
    int SnapshotVersion, string Segment, DateTimeOffset ShownAt)
{
    public static WhyResponse From(CardStory story)
    {
        var (page, card) = (story.Page, story.Card);
        var features = card.Choices[card.Chosen];
        var parts = new WhyPart[features.Length];
        for (var i = 0; i < features.Length; i++)
        {
            parts[i] = new WhyPart(CardFeatures.Names[i], features[i], story.Weights[i] * features[i]);
        }

        return new WhyResponse(
            page.IdOf(card), card.Playlist.Value, card.Shelf, card.ShelfPosition, card.ShelfPropensity, card.Position, card.Propensity, card.Choices.Count,
            card.Chosen, card.Chosen > 0, page.Slice == PageSlice.Uniform, story.Belief.Mean, story.Belief.Deviation, parts, page.Policy, page.PolicyVersion,
            page.Snapshot.Value, Segments.NameOf(page.Segment), DateTimeOffset.FromUnixTimeMilliseconds(page.AtMs));
    }
}

/// <summary>A feature's part of what is expected of a card.</summary>
/// <param name="Name">The feature.</param>
/// <param name="Value">Its value.</param>
/// <param name="Reward">What it adds.</param>
public sealed record WhyPart(string Name, double Value, double Reward);

/// <summary>How a listener's pages are decided.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="Segment">The group of listeners whose shelves are learned together.</param>
/// <param name="Session">How much of a session there is, 0 to 1.</param>
/// <param name="Uniform">Whether the listener's pages are drawn uniformly, as ground truth.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="PolicyVersion">The version of what it has learned.</param>
/// <param name="PagesLearned">Pages of all listeners that it has learned from.</param>
/// <param name="Discovery">What the listener has chosen.</param>
/// <param name="Experiments">The listener's part in experiments.</param>
/// <param name="Seen">Playlists seen of late without being opened.</param>
/// <param name="Played">Playlists played from of late, the latest first.</param>
/// <param name="Shelves">What is expected of each shelf for listeners like this one, the best first.</param>
public sealed record HoodResponse(
    string UserId, string Segment, double Session, bool Uniform, string Policy, int PolicyVersion, long PagesLearned, double Discovery,
    IReadOnlyList<HoodExperiment> Experiments, int Seen, IReadOnlyList<HoodPlayed> Played, IReadOnlyList<HoodShelf> Shelves)
{
    public static HoodResponse From(ListenerStory story) => new(
        story.User.Value, Segments.NameOf(story.Segment), story.Session, story.Slice == PageSlice.Uniform,
        story.Policy, story.PolicyVersion, story.PagesLearned, story.Choice.Discovery,
        [.. story.Experiments.Select(pair => new HoodExperiment(pair.Name, pair.Variant))],
        story.SeenCount,
        [.. story.Played.Select(played => new HoodPlayed(played.Playlist.Value, DateTimeOffset.FromUnixTimeMilliseconds(played.AtMs)))],
        [.. story.Shelves.OrderByDescending(shelf => shelf.Belief.Mean).Select(shelf => new HoodShelf(shelf.Shelf, shelf.Belief.Mean, shelf.Belief.Deviation))]);
}

/// <summary>A listener's part in an experiment.</summary>
/// <param name="Name">The experiment.</param>
/// <param name="Variant">The variant; null for one who takes no part.</param>
public sealed record HoodExperiment(string Name, string? Variant);

/// <summary>A playlist that was played from.</summary>
/// <param name="PlaylistId">Which.</param>
/// <param name="LastAt">The newest play.</param>
public sealed record HoodPlayed(string PlaylistId, DateTimeOffset LastAt);

/// <summary>What is believed of a shelf.</summary>
/// <param name="Id">Which.</param>
/// <param name="Expected">The reward expected of it on one page.</param>
/// <param name="Deviation">How unsure that is.</param>
public sealed record HoodShelf(string Id, double Expected, double Deviation);
