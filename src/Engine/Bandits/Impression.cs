using System.Globalization;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Bandits;

/// <summary>How a page was decided.</summary>
public enum PageSlice
{
    /// <summary>By the policy.</summary>
    Policy,

    /// <summary>Uniformly at random among the same candidates: the ground truth that policies are judged against.</summary>
    Uniform,
}

/// <summary>A page as it was shown, with everything needed to learn from it and to judge other policies by it.</summary>
/// <param name="User">To whom.</param>
/// <param name="Sequence">The page's number.</param>
/// <param name="AtMs">When, Unix milliseconds.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="PolicyVersion">The version of what it had learned.</param>
/// <param name="Snapshot">The model version behind it.</param>
/// <param name="Segment">The listener's segment then (<see cref="Segments"/>).</param>
/// <param name="Slice">How it was decided.</param>
/// <param name="Cards">The cards shelf by shelf, each from left to right.</param>
public sealed record ShownPage(
    UserId User, long Sequence, long AtMs, string Policy, int PolicyVersion, SnapshotVersion Snapshot, int Segment, PageSlice Slice,
    IReadOnlyList<Impression> Cards)
{
    /// <summary>What stands for a playlist whose maker was erased: its name may say who that was.</summary>
    public static PlaylistId Erased { get; } = new("erased:");

    /// <summary>The page without the names of playlists that are gone.</summary>
    /// <param name="isGone">Tells which.</param>
    /// <returns>The same page where there are none.</returns>
    public ShownPage Without(Func<PlaylistId, bool> isGone) => Cards.Any(card => isGone(card.Playlist))
        ? this with { Cards = [.. Cards.Select(card => isGone(card.Playlist) ? card with { Playlist = Erased } : card)] }
        : this;

    /// <summary>The same page in about a quarter of the memory, for one that is kept: each card is made anew when it is asked for.</summary>
    public ShownPage Pack() => Cards is PackedImpressions ? this : this with { Cards = PackedImpressions.Of(Cards) };

    /// <summary>The same page with all cards made, for one whose cards are gone through again and again.</summary>
    public ShownPage Unpack() => Cards is PackedImpressions ? this with { Cards = [.. Cards] } : this;

    /// <summary>The impression id of a card, as it stands on the card itself.</summary>
    /// <param name="card">One of <see cref="Cards"/>.</param>
    /// <returns>Sequence, shelf and place.</returns>
    public string IdOf(Impression card)
    {
        ArgumentNullException.ThrowIfNull(card);
        return string.Create(CultureInfo.InvariantCulture, $"{Sequence}-{card.ShelfPosition}-{card.Position}");
    }
}

/// <summary>One card that was shown, and how likely that was.</summary>
/// <param name="Shelf">The shelf's id.</param>
/// <param name="ShelfPosition">The shelf's place on the page, from 0.</param>
/// <param name="ShelfPropensity">How likely this shelf was at this place, given those above it.</param>
/// <param name="Position">The card's place on the shelf, from 0.</param>
/// <param name="Propensity">How likely this card was at this place, given the shelf and the cards before it; 1 where nothing was drawn.</param>
/// <param name="CandidateSet">A hash of the candidates that it was drawn from, in their order.</param>
/// <param name="Playlist">The card's playlist.</param>
/// <param name="Chosen">Its place among <paramref name="Choices"/>.</param>
/// <param name="Choices">The features of every candidate of this place (<see cref="CardFeatures"/>).</param>
public sealed record Impression(
    string Shelf,
    int ShelfPosition,
    double ShelfPropensity,
    int Position,
    double Propensity,
    ulong CandidateSet,
    PlaylistId Playlist,
    int Chosen,
    IReadOnlyList<float[]> Choices);
