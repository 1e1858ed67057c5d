using System.Globalization;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Home;

/// <summary>What a listener sees first: shelves of playlist cards, all from one snapshot.</summary>
/// <param name="User">Whose page it is.</param>
/// <param name="Version">The one model version behind every card.</param>
/// <param name="Sequence">Grows with every change of this listener's page; never goes back, restarts included.</param>
/// <param name="Shelves">The shelves from top to bottom; no playlist stands on two of them.</param>
public sealed record HomePage(UserId User, SnapshotVersion Version, long Sequence, IReadOnlyList<Shelf> Shelves)
{
    /// <summary>Numbers the page, and every card on it.</summary>
    /// <param name="sequence">The page's number.</param>
    /// <returns>The same page under that number; a card's impression id is sequence, shelf and place.</returns>
    public HomePage WithSequence(long sequence)
    {
        var shelves = new Shelf[Shelves.Count];
        for (var s = 0; s < shelves.Length; s++)
        {
            var cards = new Card[Shelves[s].Cards.Count];
            for (var c = 0; c < cards.Length; c++)
            {
                cards[c] = Shelves[s].Cards[c] with { ImpressionId = string.Create(CultureInfo.InvariantCulture, $"{sequence}-{s}-{c}") };
            }

            shelves[s] = Shelves[s] with { Cards = cards };
        }

        return this with { Sequence = sequence, Shelves = shelves };
    }

    /// <summary>Whether two pages show people the same: model, shelves, playlists, titles, order and reasons. Scores may differ.</summary>
    /// <param name="other">Another page of the listener.</param>
    /// <returns>True when a client need not be told.</returns>
    public bool ShowsTheSameAs(HomePage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Version != other.Version || Shelves.Count != other.Shelves.Count)
        {
            return false;
        }

        for (var s = 0; s < Shelves.Count; s++)
        {
            var (mine, theirs) = (Shelves[s], other.Shelves[s]);
            if (mine.Id != theirs.Id || mine.Cards.Count != theirs.Cards.Count)
            {
                return false;
            }

            for (var c = 0; c < mine.Cards.Count; c++)
            {
                var (left, right) = (mine.Cards[c], theirs.Cards[c]);
                if (left.Playlist != right.Playlist || left.Reason != right.Reason || left.Title != right.Title)
                {
                    return false;
                }
            }
        }

        return true;
    }
}

/// <summary>A titled row of cards.</summary>
/// <param name="Id">Stable key, for example <c>buddies</c>.</param>
/// <param name="Title">What people read.</param>
/// <param name="Cards">Best first.</param>
public sealed record Shelf(string Id, string Title, IReadOnlyList<Card> Cards);

/// <summary>One recommended playlist.</summary>
/// <param name="Playlist">Which.</param>
/// <param name="Title">Its title.</param>
/// <param name="Owner">Who made it.</param>
/// <param name="Score">The ranker's score; comparable within one page only.</param>
/// <param name="Source">Where the candidate came from: a shelf's id (<see cref="Bandits.Shelves"/>).</param>
/// <param name="Reason">One specific, true sentence fragment that says why.</param>
/// <param name="ImpressionId">Names this card on this page, for feedback.</param>
public sealed record Card(
    PlaylistId Playlist,
    string Title,
    UserId Owner,
    float Score,
    string Source,
    string Reason,
    string ImpressionId);

/// <summary>How large a page may be and what it must leave out.</summary>
/// <param name="Shelves">Most shelves, 1 to <see cref="MaxShelves"/>.</param>
/// <param name="Cards">Most cards on a shelf, 1 to <see cref="MaxCards"/>.</param>
/// <param name="Exclude">Playlists the client does not want on it.</param>
public sealed record HomeRequest(int Shelves, int Cards, IReadOnlyList<PlaylistId> Exclude)
{
    /// <summary>The cap on shelves.</summary>
    public const int MaxShelves = 10;

    /// <summary>The cap on the cards of one shelf.</summary>
    public const int MaxCards = 50;

    /// <summary>The cap on excluded playlists.</summary>
    public const int MaxExclude = 200;

    /// <summary>Between the familiar, 0, and discoveries, 1; null for the listener's own setting. Without a policy it has no effect.</summary>
    public double? Discovery { get; init; }

    /// <summary>What a client gets that asks for nothing special: 6 shelves of 10 cards.</summary>
    public static HomeRequest Default { get; } = new(6, 10, []);
}
