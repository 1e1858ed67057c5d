using System.Globalization;
using Buddies.Embedded;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Training.Synth;

namespace Buddies.Api.Startup;

/// <summary>
/// Simulated listeners on their Home: they look at the first cards of a shelf or two, open what holds tracks they like, and
/// play, skip, like, follow and hide what is in it.
/// </summary>
internal sealed class CrowdVisits(EmbeddedRuntime runtime, SyntheticWorld world, Random random)
{
    private const int SeenCards = 4;
    private const double NextShelf = 0.6;
    private const int MostPlays = 5;
    private const int Tasted = 8;
    private const double OpensHalfAt = 0.9;
    private const double Eagerness = 8;
    private const float LikedFrom = 0.55f;
    private static readonly HomeRequest s_request = new(6, 10, []);

    /// <summary>Lets a listener visit Home; what they do there is added in its order, without event ids.</summary>
    public async Task AddAsync(int listener, Queue<UserEvent> events, CancellationToken cancellationToken)
    {
        var user = SyntheticWorld.ListenerId(listener);
        var page = await runtime.HomeAsync(user, s_request, cancellationToken);
        foreach (var shelf in page.Shelves)
        {
            foreach (var card in shelf.Cards.Take(SeenCards))
            {
                events.Enqueue(Event(user, EventKind.Impression, card));
                if (await runtime.PlaylistAsync(card.Playlist, user, cancellationToken) is { Entries.Count: > 0 } playlist && IsTempting(listener, playlist.Entries))
                {
                    Open(listener, user, card, playlist.Entries, events);
                    return;
                }
            }

            if (random.NextDouble() >= NextShelf)
            {
                return;
            }
        }
    }

    private bool IsTempting(int listener, IReadOnlyList<Engine.Catalogue.PlaylistEntry> entries)
    {
        var (sum, count) = (0.0, 0);
        for (; count < Math.Min(Tasted, entries.Count); count++)
        {
            sum += world.Play(listener, entries[count].Track, random)?.Affinity ?? 0;
        }

        return random.NextDouble() < 1 / (1 + Math.Exp(-Eagerness * ((sum / count) - OpensHalfAt)));
    }

    private void Open(int listener, UserId user, Card card, IReadOnlyList<Engine.Catalogue.PlaylistEntry> entries, Queue<UserEvent> events)
    {
        const double LikeShare = 0.15;
        const double FollowShare = 0.2;
        const double HideShare = 0.15;
        events.Enqueue(Event(user, EventKind.Click, card));
        var (heard, skipped) = (0, 0);
        var from = random.Next(entries.Count);
        for (var i = 0; i < Math.Min(MostPlays, entries.Count) && skipped < 2; i++)
        {
            var track = entries[(from + i) % entries.Count].Track;
            if (world.Play(listener, track, random) is not { } play)
            {
                return;
            }

            events.Enqueue(Event(user, play.IsSkip ? EventKind.Skip : EventKind.Listen, card) with { Track = track, PlayedMs = play.PlayedMs, DurationMs = play.DurationMs });
            (heard, skipped) = play.IsSkip ? (heard, skipped + 1) : (heard + 1, 0);
            if (!play.IsSkip && play.Affinity >= LikedFrom && random.NextDouble() < LikeShare)
            {
                events.Enqueue(Event(user, EventKind.Like, card) with { Track = track });
            }
        }

        if (heard >= 3 && random.NextDouble() < FollowShare)
        {
            events.Enqueue(Event(user, EventKind.Follow, card));
        }
        else if (heard == 0 && random.NextDouble() < HideShare)
        {
            events.Enqueue(Event(user, EventKind.Hide, card));
        }
    }

    private static UserEvent Event(UserId user, EventKind kind, Card card) => new(
        default, user, kind, null, card.Playlist, null, null, default,
        Context: string.Create(CultureInfo.InvariantCulture, $$"""{"source":"crowd","impressionId":"{{card.ImpressionId}}"}"""));
}
