using System.Diagnostics.CodeAnalysis;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Bandits;

/// <summary>A page whose time for rewards is over.</summary>
/// <param name="Page">The page.</param>
/// <param name="Rewards">For each card, its reward (<see cref="Bandits.Rewards"/>).</param>
/// <param name="Clicked">For each card, whether it was opened or played from.</param>
/// <param name="Seen">For each card, whether it counts as seen (<see cref="Examination"/>, or as the client said).</param>
public sealed record RewardedPage(ShownPage Page, double[] Rewards, bool[] Clicked, bool[] Seen)
{
    /// <summary>The cards whose reward a hide has lowered.</summary>
    public IReadOnlyList<HiddenCard> Hidden { get; init; } = [];
}

/// <summary>
/// Waits for what becomes of the cards that were shown: each event goes to the newest page of its listener that shows its
/// playlist, within a window; what comes later counts for nothing. One writer; bounded.
/// </summary>
/// <remarks>The same pages and events in the same order give the same rewards.</remarks>
public sealed class RewardJoin
{
    /// <summary>Pages of one listener that wait at a time; the oldest is closed before its time.</summary>
    public const int MaxPagesPerUser = 8;

    /// <summary>A page that was replaced so soon, and of which nothing has come yet, was seen by nobody: it does not count.</summary>
    public static readonly TimeSpan LeastStanding = TimeSpan.FromSeconds(1);

    private readonly long _windowMs;
    private readonly int _maxPages;
    private readonly Dictionary<UserId, List<WaitingPage>> _waiting = [];

    /// <summary>Those that wait, the oldest first, and no others: one that is replaced leaves at once, or half an hour of pages would pile up.</summary>
    private readonly LinkedList<WaitingPage> _order = new();

    private readonly List<RewardedPage> _closed = [];
    private readonly List<HideUndone> _undone = [];

    /// <summary>Starts with nothing shown.</summary>
    /// <param name="window">How long after the page an event still counts for it.</param>
    /// <param name="maxPages">Pages that wait in all; the oldest are closed before their time.</param>
    public RewardJoin(TimeSpan window, int maxPages = 100_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPages, 1);
        _windowMs = (long)window.TotalMilliseconds;
        _maxPages = maxPages;
    }

    /// <summary>Pages that wait.</summary>
    public int WaitingCount => _order.Count;

    /// <summary>Begins to wait for a page's rewards.</summary>
    /// <param name="page">The page, shown no earlier than those before it; it is kept packed (<see cref="ShownPage.Pack"/>).</param>
    public void OnShown(ShownPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        if (!_waiting.TryGetValue(page.User, out var pages))
        {
            _waiting[page.User] = pages = [];
        }

        if (pages.Count > 0 && pages[^1] is { IsUntouched: true } last && page.AtMs - last.Page.AtMs < LeastStanding.TotalMilliseconds)
        {
            pages.RemoveAt(pages.Count - 1);
            _order.Remove(last.Place);
        }

        if (pages.Count == MaxPagesPerUser)
        {
            Close(pages[0]);
        }

        var waiting = new WaitingPage(page);
        pages.Add(waiting);
        _order.AddLast(waiting.Place);
        while (_order.Count > _maxPages)
        {
            Close(_order.First!.Value);
        }
    }

    /// <summary>Counts an event that names a playlist for the page that showed it.</summary>
    /// <param name="event">Any event; one without a playlist, or whose playlist was not shown in time, is nobody's.</param>
    /// <param name="tracksOfPlaylist">Different tracks of its playlist, for the share heard; 0 where unknown.</param>
    /// <returns>Whether it was some card's.</returns>
    public bool OnEvent(in UserEvent @event, int tracksOfPlaylist) => OnEvent(@event, tracksOfPlaylist, out _, out _);

    /// <summary>Counts an event that names a playlist for the page that showed it, and tells which.</summary>
    /// <param name="event">Any event; one without a playlist, or whose playlist was not shown in time, is nobody's.</param>
    /// <param name="tracksOfPlaylist">Different tracks of its playlist, for the share heard; 0 where unknown.</param>
    /// <param name="page">The page.</param>
    /// <param name="card">The card on it.</param>
    /// <returns>Whether it was some card's.</returns>
    public bool OnEvent(
        in UserEvent @event, int tracksOfPlaylist, [NotNullWhen(true)] out ShownPage? page, [NotNullWhen(true)] out Impression? card)
    {
        (page, card) = (null, null);
        if (@event.Kind == EventKind.Unhide)
        {
            return TryUndo(@event, tracksOfPlaylist, out page, out card);
        }

        if (@event.Playlist is not { } playlist || !_waiting.TryGetValue(@event.User, out var pages))
        {
            return false;
        }

        var at = @event.OccurredAt.ToUnixTimeMilliseconds();
        for (var i = pages.Count - 1; i >= 0; i--)
        {
            if (at >= pages[i].Page.AtMs && at - pages[i].Page.AtMs <= _windowMs && pages[i].Find(playlist) is >= 0 and var place)
            {
                pages[i].Count(place, @event, tracksOfPlaylist);
                (page, card) = (pages[i].Page, pages[i].Page.Cards[place]);
                return true;
            }
        }

        return false;
    }

    /// <summary>Hands out the hides that were taken back after their pages were closed; each once, to be handed on behind what <see cref="Close(long)"/> gave.</summary>
    /// <returns>In their order.</returns>
    public IReadOnlyList<HideUndone> TakeUndone()
    {
        var undone = _undone.ToArray();
        _undone.Clear();
        return undone;
    }

    /// <summary>A page that waits.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="sequence">The page's number.</param>
    /// <returns>Null when no such page was shown, or its time is over.</returns>
    public ShownPage? Find(UserId user, long sequence) =>
        _waiting.TryGetValue(user, out var pages) ? pages.FindLast(waiting => waiting.Page.Sequence == sequence)?.Page : null;

    /// <summary>Hands out the pages whose window is over.</summary>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    /// <returns>In the order in which they were closed; each once.</returns>
    public IReadOnlyList<RewardedPage> Close(long nowMs)
    {
        while (_order.First is { Value: var oldest } && nowMs - oldest.Page.AtMs > _windowMs)
        {
            Close(oldest);
        }

        var closed = _closed.ToArray();
        _closed.Clear();
        return closed;
    }

    /// <summary>Forgets a listener: what was shown to one who was erased teaches nothing.</summary>
    /// <param name="user">Whom.</param>
    public void Forget(UserId user)
    {
        if (_waiting.Remove(user, out var pages))
        {
            pages.ForEach(page => _order.Remove(page.Place));
        }

        _closed.RemoveAll(page => page.Page.User == user);
        _undone.RemoveAll(undone => undone.User == user);
    }

    /// <summary>Takes a hide back where it has counted: on a page that waits, or else for whoever has learned from it.</summary>
    private bool TryUndo(
        in UserEvent @event, int tracksOfPlaylist, [NotNullWhen(true)] out ShownPage? page, [NotNullWhen(true)] out Impression? card)
    {
        (page, card) = (null, null);
        if (@event.Playlist is null && @event.Track is null)
        {
            return false;
        }

        if (_waiting.TryGetValue(@event.User, out var pages))
        {
            foreach (var waiting in pages)
            {
                // Who takes back from the player names no playlist: then any card of which the track was hidden.
                if (waiting.FindHidden(@event.Playlist, @event.Track) is >= 0 and var place)
                {
                    waiting.Count(place, @event, tracksOfPlaylist);
                    (page, card) = (waiting.Page, waiting.Page.Cards[place]);
                }
            }
        }

        if (page is null || card is null)
        {
            _undone.Add(new HideUndone(@event.User, @event.Playlist, @event.Track));
            return false;
        }

        return true;
    }

    /// <summary>Forgets the names of playlists whose maker was erased; their cards stay.</summary>
    /// <param name="playlists">Which.</param>
    public void Forget(IReadOnlySet<PlaylistId> playlists)
    {
        foreach (var waiting in _waiting.Values.SelectMany(pages => pages))
        {
            waiting.Page = waiting.Page.Without(playlists.Contains).Pack();
        }

        for (var i = 0; i < _closed.Count; i++)
        {
            _closed[i] = _closed[i] with { Page = _closed[i].Page.Without(playlists.Contains) };
        }
    }

    private void Close(WaitingPage waiting)
    {
        _order.Remove(waiting.Place);
        var pages = _waiting[waiting.Page.User];
        pages.Remove(waiting);
        if (pages.Count == 0)
        {
            _waiting.Remove(waiting.Page.User);
        }

        _closed.Add(waiting.Reward());
    }

    private sealed class WaitingPage
    {
        private readonly CardTally?[] _cards;

        public WaitingPage(ShownPage page)
        {
            (Page, _cards) = (page.Pack(), new CardTally[page.Cards.Count]);
            Place = new LinkedListNode<WaitingPage>(this);
        }

        public ShownPage Page { get; set; }

        /// <summary>Its place in the order of those that wait.</summary>
        public LinkedListNode<WaitingPage> Place { get; }

        public bool IsUntouched { get; private set; } = true;

        /// <summary>The card's place among the page's cards; −1 where there is none.</summary>
        public int Find(PlaylistId playlist)
        {
            var cards = PackedImpressions.Of(Page.Cards);
            for (var i = 0; i < cards.Count; i++)
            {
                if (cards.PlaylistAt(i) == playlist)
                {
                    return i;
                }
            }

            return -1;
        }

        /// <summary>The card for which a hide has counted; −1 where there is none.</summary>
        public int FindHidden(PlaylistId? playlist, TrackId? track)
        {
            var cards = PackedImpressions.Of(Page.Cards);
            for (var i = 0; i < _cards.Length; i++)
            {
                if (_cards[i] is { } tally && tally.HasHidden(track) && (playlist is null || cards.PlaylistAt(i) == playlist))
                {
                    return i;
                }
            }

            return -1;
        }

        public void Count(int card, in UserEvent @event, int tracksOfPlaylist)
        {
            IsUntouched = false;
            (_cards[card] ??= new CardTally()).Count(@event, tracksOfPlaylist);
        }

        public RewardedPage Reward()
        {
            var (rewards, clicked, seen) = (new double[_cards.Length], new bool[_cards.Length], new bool[_cards.Length]);
            for (var i = 0; i < _cards.Length; i++)
            {
                rewards[i] = _cards[i] is { } card ? Rewards.Of(card.Outcome) : 0;
                clicked[i] = _cards[i] is { Outcome.IsClicked: true };
            }

            var page = Page.Unpack();
            Examination.Mark(page.Cards, clicked, seen);
            for (var i = 0; i < _cards.Length; i++)
            {
                // What the client saw on the screen goes before what is thought likely.
                seen[i] |= _cards[i] is { IsVisible: true } or { Outcome.IsHidden: true };
            }

            return new RewardedPage(page, rewards, clicked, seen)
            {
                Hidden = [.. _cards.Select((card, i) => card?.HiddenAt(i)).OfType<HiddenCard>()],
            };
        }
    }
}
