namespace Buddies.Engine.Bandits;

/// <summary>
/// Which cards a listener has probably looked at, where the client does not say. Cascade: people read from the top and from
/// the left, so whatever stands before a click was seen, and the first few of a shelf are seen without one (Bendada, Salha,
/// Bontempelli 2020, on carousels of a music service).
/// </summary>
public static class Examination
{
    /// <summary>Cards of a shelf that fit on a screen.</summary>
    public const int FirstCards = 3;

    /// <summary>Shelves that fit on a screen.</summary>
    public const int FirstShelves = 2;

    /// <summary>Marks what was seen.</summary>
    /// <param name="cards">The page's cards, shelf by shelf.</param>
    /// <param name="isClicked">[cards].</param>
    /// <param name="seen">Destination, [cards].</param>
    public static void Mark(IReadOnlyList<Impression> cards, ReadOnlySpan<bool> isClicked, Span<bool> seen)
    {
        ArgumentNullException.ThrowIfNull(cards);
        if (isClicked.Length != cards.Count || seen.Length != cards.Count)
        {
            throw new ArgumentException($"Expected {cards.Count} flags twice, got {isClicked.Length} and {seen.Length}.");
        }

        var lastShelf = FirstShelves - 1;
        for (var i = 0; i < cards.Count; i++)
        {
            lastShelf = isClicked[i] ? Math.Max(lastShelf, cards[i].ShelfPosition) : lastShelf;
        }

        for (var from = 0; from < cards.Count;)
        {
            var (to, last) = (from, FirstCards - 1);
            for (; to < cards.Count && cards[to].ShelfPosition == cards[from].ShelfPosition; to++)
            {
                last = isClicked[to] ? Math.Max(last, cards[to].Position) : last;
            }

            for (var i = from; i < to; i++)
            {
                seen[i] = cards[i].ShelfPosition <= lastShelf && cards[i].Position <= last;
            }

            from = to;
        }
    }
}
