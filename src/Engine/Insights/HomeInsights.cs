using Buddies.Engine.Bandits;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Insights;

/// <summary>Counts what people who run the product want to know, by days. No listener's id is kept but those of newcomers, in memory. Safe for concurrent use.</summary>
/// <param name="catalogue">Knows titles.</param>
/// <param name="options">How many days are kept.</param>
public sealed partial class HomeInsights(MusicCatalogue catalogue, HomeOptions options)
{
    private const int FastMs = 30_000;
    private const int PersonalFrom = 3;
    private const int MostNewcomers = 50_000;
    private const int MostPlaylistsOfDay = 20_000;
    private const long HourMs = 3_600_000;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, Day> _days = [];
    private readonly Dictionary<UserId, Newcomer> _newcomers = [];
    private long _newest;

    /// <summary>Counts from here on; what is too long before it counts for nothing.</summary>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    public void Begin(long nowMs)
    {
        lock (_lock)
        {
            _newest = Math.Max(_newest, nowMs / HourMs / 24);
        }
    }

    /// <summary>Counts a page that was sent.</summary>
    /// <param name="page">The page.</param>
    public void OnShown(ShownPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        lock (_lock)
        {
            if (DayOf(page.AtMs) is not { } day)
            {
                return;
            }

            var isPersonal = false;
            foreach (var card in page.Cards)
            {
                day.TallyOf(KeyOf(page, card, page.AtMs)).Cards++;
                if (day.OfPlaylist(card.Playlist.Value) is { } playlist)
                {
                    playlist.Cards++;
                }

                isPersonal |= card.Shelf is Shelves.Taste or Shelves.Buddies or Shelves.Now or Shelves.Because;
            }

            OnNewcomerShown(page, isPersonal);
        }
    }

    /// <summary>Counts an event of a card that was shown.</summary>
    /// <param name="event">The event.</param>
    /// <param name="atMs">When, Unix milliseconds.</param>
    /// <param name="page">The page that it counts for.</param>
    /// <param name="card">The card on it.</param>
    public void OnCardEvent(in UserEvent @event, long atMs, ShownPage page, Impression card)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(card);
        lock (_lock)
        {
            if (DayOf(atMs) is not { } day)
            {
                return;
            }

            Count(day.TallyOf(KeyOf(page, card, atMs)), @event);
            if (day.OfPlaylist(card.Playlist.Value) is { } playlist)
            {
                Count(playlist, @event);
            }

            day.Listen(atMs, ListenMsOf(@event), isRecommended: true);
            OnNewcomerEvent(@event, isCard: true);
        }
    }

    /// <summary>Counts any other event.</summary>
    /// <param name="event">The event.</param>
    /// <param name="atMs">When, Unix milliseconds.</param>
    public void OnOtherEvent(in UserEvent @event, long atMs)
    {
        lock (_lock)
        {
            if (ListenMsOf(@event) is > 0 and var listened && DayOf(atMs) is { } day)
            {
                day.Listen(atMs, listened, isRecommended: false);
            }

            OnNewcomerEvent(@event, isCard: false);
        }
    }

    /// <summary>Forgets a newcomer; what was counted stays counted.</summary>
    /// <param name="user">Whom.</param>
    public void Forget(UserId user)
    {
        lock (_lock)
        {
            _newcomers.Remove(user);
        }
    }

    /// <summary>Forgets playlists whose maker was erased; what was counted of shelves stays.</summary>
    /// <param name="playlists">Which.</param>
    public void Forget(IReadOnlySet<PlaylistId> playlists)
    {
        ArgumentNullException.ThrowIfNull(playlists);
        lock (_lock)
        {
            foreach (var day in _days.Values)
            {
                foreach (var id in day.Playlists.Keys.Where(id => playlists.Contains(new PlaylistId(id))).ToArray())
                {
                    day.Dirty().Playlists.Remove(id);
                }
            }
        }
    }

    /// <summary>What was counted.</summary>
    /// <param name="fromMs">Only hours that begin then or later.</param>
    /// <param name="playlists">How many playlists by each order.</param>
    /// <param name="learned">The version of what was learned, and from how many pages.</param>
    public InsightReport Report(long fromMs, int playlists, (int Version, long Pages) learned)
    {
        lock (_lock)
        {
            var fromHour = (fromMs + HourMs - 1) / HourMs;
            var cells = new List<KeyValuePair<InsightKey, InsightTally>>();
            var listening = new List<ListeningHour>();
            var byPlaylist = new Dictionary<string, InsightTally>(StringComparer.Ordinal);
            var coldStart = new List<KeyValuePair<long, ColdStartTally>>();
            foreach (var (number, day) in _days)
            {
                if ((number + 1) * 24 <= fromHour)
                {
                    continue;
                }

                foreach (var (key, tally) in day.Cells.Where(cell => cell.Key.Hour >= fromHour))
                {
                    var copy = new InsightTally();
                    copy.Add(tally);
                    cells.Add(new(key, copy));
                }

                for (var hour = 0; hour < 24; hour++)
                {
                    var (recommended, other) = day.Listening[hour];
                    if ((number * 24) + hour >= fromHour && recommended + other > 0)
                    {
                        listening.Add(new ListeningHour((number * 24) + hour, recommended, other));
                    }
                }

                foreach (var (playlist, tally) in day.Playlists)
                {
                    (byPlaylist.TryGetValue(playlist, out var sum) ? sum : byPlaylist[playlist] = new InsightTally()).Add(tally);
                }

                coldStart.Add(new(number, day.ColdStart with { }));
            }

            var chosen = byPlaylist.OrderByDescending(pair => pair.Value.Cards).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(playlists)
                .Union(byPlaylist.Where(pair => pair.Value.Kept > 0).OrderByDescending(pair => pair.Value.Kept).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(playlists))
                .Union(byPlaylist.Where(pair => pair.Value.Plays > 0).OrderByDescending(pair => pair.Value.Plays).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(playlists));
            return new InsightReport(
                [.. cells.OrderBy(cell => cell.Key.Hour).ThenBy(cell => cell.Key.Shelf, StringComparer.Ordinal)],
                listening,
                [.. chosen.Select(pair => new PlaylistInsight(pair.Key, TitleOf(pair.Key), pair.Value))],
                coldStart,
                learned.Version,
                learned.Pages);
        }
    }

    private string TitleOf(string playlist) =>
        catalogue.TryFind(new PlaylistId(playlist), out var index) && catalogue.Describe(index) is { IsPublic: true } contents ? contents.Title : "";

    private void OnNewcomerShown(ShownPage page, bool isPersonal)
    {
        if (_newcomers.TryGetValue(page.User, out var newcomer))
        {
            if (isPersonal && newcomer is { IsPersonal: false, Plays: >= PersonalFrom } && FunnelOf(newcomer) is { } funnel)
            {
                funnel.Personal++;
                newcomer.IsPersonal = true;
            }
        }
        else if (page.Segment / 2 == 0 && _newcomers.Count < MostNewcomers)
        {
            newcomer = _newcomers[page.User] = new Newcomer { DayNumber = page.AtMs / HourMs / 24 };
            if (FunnelOf(newcomer) is { } funnel)
            {
                funnel.Started++;
            }
        }
    }

    private void OnNewcomerEvent(in UserEvent @event, bool isCard)
    {
        if (!_newcomers.TryGetValue(@event.User, out var newcomer) || FunnelOf(newcomer) is not { } funnel)
        {
            return;
        }

        if (isCard && !newcomer.HasOpened && @event.Kind is EventKind.Click or EventKind.Listen or EventKind.Skip)
        {
            newcomer.HasOpened = true;
            funnel.Opened++;
        }

        if (IsPlay(@event))
        {
            newcomer.Plays++;
            funnel.Played += newcomer.Plays == 1 ? 1 : 0;
            funnel.PlayedThree += newcomer.Plays == PersonalFrom ? 1 : 0;
        }

        if (!newcomer.HasKept && @event.Kind is EventKind.Like or EventKind.Save or EventKind.Follow)
        {
            newcomer.HasKept = true;
            funnel.Kept++;
        }
    }

    private ColdStartTally? FunnelOf(Newcomer newcomer) => DayNumbered(newcomer.DayNumber)?.ColdStart;

    /// <summary>The day of a time, null for one that is too long ago.</summary>
    private Day? DayOf(long atMs) => DayNumbered(atMs / HourMs / 24);

    private Day? DayNumbered(long number)
    {
        if (!_days.TryGetValue(number, out var day))
        {
            if (number <= _newest - options.InsightDays)
            {
                return null;
            }

            _newest = Math.Max(_newest, number);
            _days[number] = day = new Day();
        }

        return day.Dirty();
    }

    private static InsightKey KeyOf(ShownPage page, Impression card, long atMs) =>
        new(atMs / HourMs, card.Shelf, page.Segment / 2, page.Slice, page.Snapshot.Value);

    private static bool IsPlay(in UserEvent @event) =>
        @event.Kind is EventKind.Listen or EventKind.Skip && (@event.PlayedMs is null ? @event.Kind == EventKind.Listen : @event.PlayedMs >= FastMs);

    private static long ListenMsOf(in UserEvent @event) =>
        @event.Kind is EventKind.Listen or EventKind.Skip ? (long)(@event.PlayedMs ?? 0) * @event.Plays : 0;

    private static void Count(InsightTally tally, in UserEvent @event)
    {
        tally.ListenMs += ListenMsOf(@event);
        switch (@event.Kind)
        {
            case EventKind.Impression:
                tally.Seen++;
                break;
            case EventKind.Click:
                tally.Clicks++;
                break;
            case EventKind.Listen or EventKind.Skip when IsPlay(@event):
                tally.Plays++;
                break;
            case EventKind.Listen or EventKind.Skip:
                tally.FastSkips++;
                break;
            case EventKind.Like:
                tally.Likes++;
                break;
            case EventKind.Save or EventKind.Follow:
                tally.Kept++;
                break;
            case EventKind.Hide:
                tally.Hides++;
                break;
            default:
                break;
        }
    }
}
