using System.Text.Json.Serialization;
using Buddies.Engine.Home;
using Buddies.Engine.Serving;

namespace Buddies.Api.Contracts;

/// <summary>A listener's page, all from one snapshot.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="SnapshotVersion">The one model version behind every card.</param>
/// <param name="Sequence">Grows with every change of the page.</param>
/// <param name="Shelves">From top to bottom.</param>
/// <param name="LatencyMs">On a live stream: milliseconds from the acceptance of the listener's own event to this page.</param>
public sealed record HomeResponse(
    string UserId,
    int SnapshotVersion,
    long Sequence,
    IReadOnlyList<ShelfResponse> Shelves,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? LatencyMs = null)
{
    public static HomeResponse From(HomePage page) => new(
        page.User.Value, page.Version.Value, page.Sequence, [.. page.Shelves.Select(ShelfResponse.From)]);

    public static HomeResponse From(HomeUpdate update) =>
        From(update.Page) with { LatencyMs = update.Latency?.TotalMilliseconds };
}

/// <summary>A titled row of cards.</summary>
/// <param name="Id">Stable key.</param>
/// <param name="Title">What people read.</param>
/// <param name="Cards">Best first.</param>
public sealed record ShelfResponse(string Id, string Title, IReadOnlyList<CardResponse> Cards)
{
    public static ShelfResponse From(Shelf shelf) => new(shelf.Id, shelf.Title, [.. shelf.Cards.Select(CardResponse.From)]);
}

/// <summary>One recommended playlist.</summary>
/// <param name="PlaylistId">Which.</param>
/// <param name="Title">Its title.</param>
/// <param name="OwnerId">Who made it.</param>
/// <param name="Score">The ranker's score; comparable within one page only.</param>
/// <param name="Source">Where the candidate came from.</param>
/// <param name="Reason">Why it is here.</param>
/// <param name="ImpressionId">Names this card on this page, for feedback.</param>
public sealed record CardResponse(
    string PlaylistId, string Title, string OwnerId, float Score, string Source, string Reason, string ImpressionId)
{
    public static CardResponse From(Card card) => new(
        card.Playlist.Value, card.Title, card.Owner.Value, card.Score, card.Source, card.Reason, card.ImpressionId);
}
