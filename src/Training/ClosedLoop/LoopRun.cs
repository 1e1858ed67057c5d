using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Training.Synth;

namespace Buddies.Training.ClosedLoop;

/// <summary>One day of a closed loop.</summary>
/// <param name="Day">From 0.</param>
/// <param name="Listeners">Listeners who had joined.</param>
/// <param name="Views">Pages that were opened.</param>
/// <param name="Cards">Cards that were looked at.</param>
/// <param name="Clicks">Cards that were opened.</param>
/// <param name="Listens">Tracks heard to their end from Home.</param>
/// <param name="Discoveries">Those of them that the listener had never heard to its end before.</param>
/// <param name="OwnPlays">Tracks that listeners played by themselves before they came to Home, heard to the end or not.</param>
public sealed record LoopDay(int Day, int Listeners, long Views, long Cards, long Clicks, long Listens, long Discoveries, long OwnPlays);

/// <summary>What one policy made of one world.</summary>
/// <param name="Days">Day by day.</param>
/// <param name="Coverage">Share of the public playlists of which somebody heard something from Home.</param>
public sealed record LoopResult(IReadOnlyList<LoopDay> Days, double Coverage)
{
    /// <summary>Tracks heard to their end from Home, for each listener and day.</summary>
    public double Engagement => Mean(day => day.Listens, 0);

    /// <summary>The same over the last third of the days: what a policy makes of a world in the long run.</summary>
    public double LateEngagement => Mean(day => day.Listens, Days.Count - Math.Max(1, Days.Count / 3));

    /// <summary>Share of the cards looked at that were opened.</summary>
    public double ClickRate => Days.Sum(day => day.Clicks) / (double)Days.Sum(day => day.Cards);

    /// <summary>Tracks heard for the first time from Home, for each listener and day.</summary>
    public double Discovery => Mean(day => day.Discoveries, 0);

    private double Mean(Func<LoopDay, long> of, int from) => Days.Skip(from).Sum(of) / (double)Days.Skip(from).Sum(day => (long)day.Listeners);
}

/// <summary>Lets listeners of known tastes use a service for some days: they react to what it shows, and it learns from them.</summary>
public static class LoopRun
{
    private const int HistorySessions = 8;
    private const int OwnPlays = 3;
    private const int OwnView = -1;
    private const int MostViews = 3;
    private const int MostTracks = 6;
    private const double SessionsPerSlot = 0.5;
    private const double NextShelf = 0.8;
    private const double NextCard = 0.75;
    private const int CardsOnScreen = 3;
    private static readonly int[] s_hours = [8, 13, 20];

    /// <summary>Runs.</summary>
    /// <param name="options">The world.</param>
    /// <param name="policy">Who decides what is shown.</param>
    /// <param name="cancellationToken">Stops between days.</param>
    /// <returns>What came of it; the same for equal options and policies.</returns>
    public static LoopResult Run(LoopOptions options, LoopPolicy policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var world = new LoopWorld(options);
        using var service = new LoopService(world, policy);
        var listeners = Enumerable.Range(0, options.Listeners).Select(number => new LoopListener(world, number)).ToArray();
        var days = new List<LoopDay>(options.Days);
        var loop = new Loop(world, service);
        loop.Remember(listeners);
        service.Night(0);
        for (var day = 0; day < options.Days; day++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            world.GoTo(day);
            days.Add(loop.Day(listeners, day));
            service.Night(day + 1);
            Array.ForEach(listeners, listener => listener.Sleep());
        }

        var isPublic = world.Playlists.Count(playlist => playlist.IsPublic);
        return new LoopResult(days, service.Covered.Count / (double)isPublic);
    }

    private sealed class Loop(LoopWorld world, LoopService service)
    {
        private long _sequence;
        private long _views;
        private long _cards;
        private long _clicks;
        private long _listens;
        private long _discoveries;
        private long _ownPlays;

        /// <summary>What listeners did before the loop begins: two weeks of their own plays, and whom they follow.</summary>
        public void Remember(LoopListener[] listeners)
        {
            foreach (var listener in listeners.Where(listener => world.JoinsOn(listener.Number) == 0))
            {
                var random = Seeds.For(world.Options.Seed, 103, listener.Number);
                for (var session = 0; session < HistorySessions; session++)
                {
                    var at = LoopWorld.Start.AddDays(-1 - random.Next(14)).AddMinutes(random.Next(1_000));
                    listener.BeginSession(random);
                    PlayOwn(listener, ref at, random, LoopChance.At(world.Options.Seed, listener.Number, -1 - session));
                }

                foreach (var playlist in world.Follows[listener.Number].Where(playlist => world.PublishedOn(playlist) == 0))
                {
                    Send(listener, EventKind.Follow, LoopWorld.Start.AddDays(-1), null, new PlaylistIndex(playlist));
                }
            }
        }

        public LoopDay Day(LoopListener[] listeners, int day)
        {
            (_views, _cards, _clicks, _listens, _discoveries, _ownPlays) = (0, 0, 0, 0, 0, 0);
            var present = listeners.Where(listener => world.JoinsOn(listener.Number) <= day).ToArray();
            foreach (var hour in s_hours)
            {
                foreach (var listener in present)
                {
                    // Who comes when, in which mood, and with what luck does not depend on what is shown.
                    var slot = (day * 24) + hour;
                    var random = Seeds.For(world.Options.Seed, 104, (slot * listeners.Length) + listener.Number);
                    if (random.NextDouble() < SessionsPerSlot)
                    {
                        var chance = LoopChance.At(world.Options.Seed, listener.Number, slot);
                        Visit(listener, LoopWorld.Start.AddDays(day).AddHours(hour).AddSeconds(listener.Number), random, chance);
                    }
                }

                service.Learn(LoopWorld.Start.AddDays(day).AddHours(hour + 4).ToUnixTimeMilliseconds());
            }

            return new LoopDay(day, present.Length, _views, _cards, _clicks, _listens, _discoveries, _ownPlays);
        }

        private void Visit(LoopListener listener, DateTimeOffset at, Random random, LoopChance chance)
        {
            listener.BeginSession(random);
            if (chance.OwnPlays() < world.Options.OwnPlays)
            {
                PlayOwn(listener, ref at, random, chance);
                _ownPlays += OwnPlays;
            }

            for (var view = 0; view < MostViews; view++)
            {
                service.Move(listener.Number);
                _views++;
                var page = service.Home(listener.Number, at.ToUnixTimeMilliseconds(), ++_sequence);
                if (Browse(listener, page, ref at, view, chance) is not { } opened)
                {
                    return;
                }

                _clicks++;
                PlayFrom(listener, opened, ref at, view, chance);
            }
        }

        private void PlayOwn(LoopListener listener, ref DateTimeOffset at, Random random, LoopChance chance)
        {
            for (var i = 0; i < OwnPlays; i++)
            {
                Play(listener, listener.DrawOwn(random), null, ref at, OwnView, chance);
            }
        }

        /// <summary>Reads from the top and from the left, and opens the first card that appeals.</summary>
        private PlaylistIndex? Browse(LoopListener listener, List<List<PlaylistIndex>> page, ref DateTimeOffset at, int view, LoopChance chance)
        {
            for (var shelf = 0; shelf < page.Count; shelf++)
            {
                for (var i = 0; i < page[shelf].Count && (i < CardsOnScreen || chance.NextCard(view, shelf, i) < NextCard); i++)
                {
                    var card = page[shelf][i];
                    at = at.AddSeconds(1);
                    _cards++;
                    Send(listener, EventKind.Impression, at, null, card);
                    if (listener.Opens(card.Value, TracksOf(card), at.ToUnixTimeMilliseconds(), view, chance))
                    {
                        Send(listener, EventKind.Click, at, null, card);
                        return card;
                    }
                }

                if (chance.NextShelf(view, shelf) >= NextShelf)
                {
                    return null;
                }
            }

            return null;
        }

        private void PlayFrom(LoopListener listener, PlaylistIndex playlist, ref DateTimeOffset at, int view, LoopChance chance)
        {
            var tracks = TracksOf(playlist);
            var start = chance.Start(view, playlist.Value, tracks.Length);
            var (heard, skipped, inARow) = (0, 0, 0);
            for (var i = 0; i < Math.Min(MostTracks, tracks.Length) && inARow < 2; i++)
            {
                var track = tracks[(start + i) % tracks.Length];
                var isNew = !listener.Heard.Contains(track);
                var (isHeard, liking) = Play(listener, track, playlist, ref at, view, chance);
                (heard, skipped, inARow) = isHeard ? (heard + 1, skipped, 0) : (heard, skipped + 1, inARow + 1);
                _listens += isHeard ? 1 : 0;
                _discoveries += isHeard && isNew ? 1 : 0;
                if (LoopListener.ReactTo(isHeard, liking, chance.Reaction(view, track)) is { } reaction)
                {
                    Send(listener, reaction, at, track, playlist);
                }
            }

            if (LoopListener.Judge(heard, skipped, chance.Judgement(view, playlist.Value)) is { } judgement)
            {
                Send(listener, judgement, at, null, playlist);
            }
        }

        private (bool IsHeard, double Liking) Play(
            LoopListener listener, int track, PlaylistIndex? playlist, ref DateTimeOffset at, int view, LoopChance chance)
        {
            var (isHeard, liking) = listener.Play(track, at.ToUnixTimeMilliseconds(), chance.Hearing(view, track));
            var duration = world.Synthetic.Tracks.DurationMs(track);
            var played = isHeard ? duration : chance.Skipping(view, track);
            at = at.AddMilliseconds(played);
            Send(listener, isHeard ? EventKind.Listen : EventKind.Skip, at, track, playlist, played, duration);
            return (isHeard, liking);
        }

        private void Send(
            LoopListener listener, EventKind kind, DateTimeOffset at, int? track, PlaylistIndex? playlist, int? played = null, int? duration = null) =>
            service.Apply(listener.Number, new UserEvent(
                new EventId("e"),
                SyntheticWorld.ListenerId(listener.Number),
                kind,
                track is { } t ? SyntheticWorld.TrackId(t) : null,
                playlist is { } p ? service.Catalogue.IdOf(p) : null,
                played,
                duration,
                at));

        private int[] TracksOf(PlaylistIndex playlist) => service.Catalogue.Describe(playlist)!.InOrder;
    }
}
