using Buddies.Engine.Events;

namespace Buddies.Cli.Bench.Faults;

/// <summary>
/// A listener's facts by the formulas of docs/architecture.md, written again from them and without any of the engine's
/// code, slow and plain: what the server's facts are compared with. Bounds of memory are left out; faults stay under them.
/// </summary>
internal sealed class PlainTaste
{
    private const double TasteHalfLifeMs = 180 * 86_400_000.0;
    private const double SessionHalfLifeMs = 30 * 60_000.0;
    private const double SkipEvidence = 0.5;
    private const double SaveEvidence = 3;
    private const double ShortMs = 30_000;

    public Dictionary<string, PlainTrack> Tracks { get; } = new(StringComparer.Ordinal);

    /// <summary>Marks of playlists that have any, and when they last changed.</summary>
    public Dictionary<string, PlainPlaylist> Playlists { get; } = new(StringComparer.Ordinal);

    public long EventCount { get; private set; }

    public long NewestAtMs { get; private set; }

    public void Apply(in UserEvent @event)
    {
        EventCount++;
        var at = @event.OccurredAt.ToUnixTimeMilliseconds();
        NewestAtMs = Math.Max(NewestAtMs, at);
        var isOfTracks = @event.Kind is not (EventKind.Follow or EventKind.Unfollow or EventKind.Impression or EventKind.Click);
        if (isOfTracks && @event.Track is { } track)
        {
            ApplyToTrack(@event, track.Value, at);
        }
        else if (@event.Playlist is { } playlist)
        {
            ApplyToPlaylist(@event.Kind, playlist.Value, at);
        }
    }

    /// <summary>Evidence of a track as of a time, long horizon; 0 for one that is hidden.</summary>
    public static double EvidenceOf(PlainTrack fact, long atMs) =>
        fact.IsHidden ? 0 : (fact.For + fact.Against) * Decay(atMs - fact.LastAtMs, TasteHalfLifeMs);

    private void ApplyToTrack(in UserEvent @event, string track, long at)
    {
        if (!Tracks.TryGetValue(track, out var fact))
        {
            if (@event.Kind is EventKind.Unlike or EventKind.Unhide)
            {
                return;
            }

            fact = new PlainTrack { LastAtMs = at };
        }

        var (forIt, against) = EvidenceOf(@event);
        if (at > fact.LastAtMs)
        {
            fact.For *= Decay(at - fact.LastAtMs, TasteHalfLifeMs);
            fact.Against *= Decay(at - fact.LastAtMs, TasteHalfLifeMs);
            fact.Session *= Decay(at - fact.LastAtMs, SessionHalfLifeMs);
            fact.LastAtMs = at;
        }

        var (late, lateSession) = (Decay(fact.LastAtMs - at, TasteHalfLifeMs), Decay(fact.LastAtMs - at, SessionHalfLifeMs));
        fact.For += forIt * late;
        fact.Against += against * late;
        fact.Session = Math.Max(0, fact.Session + ((forIt - against) * lateSession)) + (@event.Kind == EventKind.Like ? lateSession : 0);
        (fact.IsLiked, fact.IsHidden) = @event.Kind switch
        {
            EventKind.Like => (true, false),
            EventKind.Unlike => (false, fact.IsHidden),
            EventKind.Hide => (false, true),
            EventKind.Unhide => (fact.IsLiked, false),
            _ => (fact.IsLiked, fact.IsHidden),
        };
        if (fact is { IsLiked: false, IsHidden: false } && (float)fact.For == 0 && (float)fact.Against == 0 && (float)fact.Session == 0)
        {
            Tracks.Remove(track);
        }
        else
        {
            Tracks[track] = fact;
        }
    }

    private static (double For, double Against) EvidenceOf(in UserEvent @event)
    {
        var length = @event.DurationMs is > 0 and var duration ? duration : 2 * ShortMs;
        var share = @event.PlayedMs is { } played ? Math.Clamp(played / length, 0, 1) : (double?)null;
        return @event.Kind switch
        {
            EventKind.Listen when share < 0.5 && @event.PlayedMs < ShortMs => (0, SkipEvidence * (1 - share.Value)),
            EventKind.Listen => (@event.Plays * Math.Max(share ?? 1, 0.5), 0),
            EventKind.Skip => (0, SkipEvidence * (1 - (share ?? 0))),
            EventKind.Save => (SaveEvidence * @event.Plays, 0),
            _ => (0, 0),
        };
    }

    private void ApplyToPlaylist(EventKind kind, string playlist, long at)
    {
        var before = Playlists.GetValueOrDefault(playlist);
        var after = kind switch
        {
            EventKind.Like => before with { IsLiked = true, IsHidden = false },
            EventKind.Unlike => before with { IsLiked = false },
            EventKind.Hide => before with { IsHidden = true, IsLiked = false },
            EventKind.Unhide => before with { IsHidden = false },
            EventKind.Save => before with { IsSaved = true, IsHidden = false },
            EventKind.Follow => before with { IsFollowed = true, IsHidden = false },
            EventKind.Unfollow => before with { IsFollowed = false },
            _ => before,
        };
        if (after == before)
        {
            return;
        }

        if (after == before with { IsLiked = false, IsHidden = false, IsFollowed = false, IsSaved = false })
        {
            Playlists.Remove(playlist);
        }
        else
        {
            Playlists[playlist] = after with { LastAtMs = at };
        }
    }

    private static double Decay(long ms, double halfLifeMs) => Math.Pow(2, -ms / halfLifeMs);
}

/// <summary>What is known about one track.</summary>
internal struct PlainTrack
{
    public double For;
    public double Against;
    public double Session;
    public long LastAtMs;
    public bool IsLiked;
    public bool IsHidden;
}

/// <summary>What was said about one playlist.</summary>
internal readonly record struct PlainPlaylist(bool IsLiked, bool IsHidden, bool IsFollowed, bool IsSaved, long LastAtMs);
