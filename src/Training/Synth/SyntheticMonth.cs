using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Training.Synth;

/// <summary>What a listener does in 30 days: sessions of a few tracks, most of a session from one genre.</summary>
internal sealed class SyntheticMonth(SyntheticWorld world)
{
    /// <summary>The month's length.</summary>
    public const int Minutes = 30 * 24 * 60;

    private const int LongestSession = 15;
    private const int SessionMinutes = (LongestSession + 1) * 6;
    private const double FocusShare = 0.6;
    private const double LikeShare = 0.10;
    private const double HideShare = 0.05;
    private const float LikedFrom = 0.55f;

    /// <summary>A listener's events in the order of their times.</summary>
    public List<UserEvent> EventsOf(int listener)
    {
        var random = Seeds.For(world.Options.Seed, Seeds.Events, listener);
        var sampler = world.SamplerOf(listener);
        var events = new List<UserEvent>(world.Options.EventsPerListener);
        foreach (var length in SessionLengths(random))
        {
            AddSession(events, listener, length, sampler, random);
        }

        // A stable order of equal times, and then numbers that say nothing else.
        var ordered = events.OrderBy(e => e.OccurredAt).ToList();
        for (var i = 0; i < ordered.Count; i++)
        {
            ordered[i] = ordered[i] with { Id = new EventId($"synth{world.Options.Seed}:{listener + 1}:{i + 1}") };
        }

        return ordered;
    }

    private List<int> SessionLengths(Random random)
    {
        var lengths = new List<int>();
        for (var left = world.Options.EventsPerListener; left > 0; left -= lengths[^1])
        {
            lengths.Add(Math.Min(left, random.Next(4, LongestSession + 1)));
        }

        return lengths;
    }

    private void AddSession(List<UserEvent> events, int listener, int length, TasteSampler sampler, Random random)
    {
        var time = world.Options.AsOf.AddMinutes(-random.Next(SessionMinutes, Minutes));
        var focus = sampler.DrawGenre(random);
        for (var end = events.Count + length; events.Count < end;)
        {
            var genre = random.NextDouble() < FocusShare ? focus : sampler.DrawGenre(random);
            var play = sampler.Play(sampler.DrawTrack(genre, random), random);
            time = time.AddMilliseconds(play.PlayedMs);
            events.Add(Event(listener, play.IsSkip ? EventKind.Skip : EventKind.Listen, play, time));
            if (events.Count < end && Opinion(play, random) is { } opinion)
            {
                events.Add(Event(listener, opinion, play, time) with { PlayedMs = null, DurationMs = null });
            }
        }
    }

    private static EventKind? Opinion(SyntheticPlay play, Random random) => random.NextDouble() switch
    {
        < LikeShare when !play.IsSkip && play.Affinity >= LikedFrom => EventKind.Like,
        < HideShare when play.IsSkip => EventKind.Hide,
        _ => null,
    };

    private static UserEvent Event(int listener, EventKind kind, SyntheticPlay play, DateTimeOffset time) => new(
        default,
        SyntheticListeners.Id(listener),
        kind,
        SyntheticTracks.Id(play.Track),
        Playlist: null,
        play.PlayedMs,
        play.DurationMs,
        time);
}
