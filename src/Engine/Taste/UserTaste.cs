using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Taste;

/// <summary>
/// A listener's facts: what was played, liked, hidden and followed. Free of any model, deterministic in the order of the
/// log, and bounded: at most <see cref="MaxTracks"/> track facts of 32 bytes and <see cref="MaxPlaylists"/> playlist facts
/// of 16, so never more than about 72 KiB, and 32 bytes a track in use.
/// </summary>
/// <remarks>
/// One writer. Another thread may read <see cref="CopyKnownTracks"/> under a version check of its own: it may then see a
/// half-made change, but never fails.
/// </remarks>
public sealed partial class UserTaste
{
    /// <summary>Most track facts; the weakest gives way, likes after it, and hides last of all.</summary>
    public const int MaxTracks = 2048;

    /// <summary>Most playlist facts; the oldest gives way.</summary>
    public const int MaxPlaylists = 512;

    private const long DayMs = 24L * 60 * 60 * 1000;

    private readonly TasteTransform _transform;
    private TrackFact[] _tracks = [];
    private PlaylistFact[] _playlists = [];

    /// <summary>Starts with nothing known.</summary>
    /// <param name="transform">How events become facts.</param>
    public UserTaste(TasteTransform transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        _transform = transform;
    }

    /// <summary>Track facts in use.</summary>
    public int TrackCount { get; private set; }

    /// <summary>Playlist facts in use.</summary>
    public int PlaylistCount { get; private set; }

    /// <summary>Events applied in all.</summary>
    public long EventCount { get; private set; }

    /// <summary>The newest event's time, Unix milliseconds; 0 before the first.</summary>
    public long NewestAtMs { get; private set; }

    /// <summary>
    /// The time at which the long horizon is read: the start of the day of the newest event. An idle listener's vector
    /// thus stands still, and all weights change together only once a day.
    /// </summary>
    public long ReferenceMs => NewestAtMs - (NewestAtMs % DayMs);

    /// <summary>Track facts, ordered by track; valid until the next change.</summary>
    public ReadOnlySpan<TrackFact> Tracks => _tracks.AsSpan(0, TrackCount);

    /// <summary>Playlist facts, oldest first; valid until the next change.</summary>
    public ReadOnlySpan<PlaylistFact> Playlists => _playlists.AsSpan(0, PlaylistCount);

    /// <summary>Applies an event that is new to this listener.</summary>
    /// <param name="event">A valid event of this listener.</param>
    /// <param name="track">Its track's position; null when it has none.</param>
    /// <param name="playlist">Its playlist's position; null when it has none.</param>
    /// <returns>What changed.</returns>
    public TasteChange Apply(in UserEvent @event, TrackIndex? track, PlaylistIndex? playlist)
    {
        var at = @event.OccurredAt.ToUnixTimeMilliseconds();
        var referenceBefore = ReferenceMs;
        EventCount++;
        NewestAtMs = Math.Max(NewestAtMs, at);
        var change = new TasteChange { ReferenceMoved = ReferenceMs != referenceBefore };
        if (track is { } trackIndex && TouchesTrack(@event.Kind))
        {
            ApplyToTrack(@event, trackIndex.Value, at, ref change);
        }
        else if (playlist is { } playlistIndex)
        {
            ApplyToPlaylist(@event.Kind, playlistIndex.Value, at, ref change);
        }

        return change;
    }

    /// <summary>Confidence and preference of a fact as the long horizon reads it now.</summary>
    /// <param name="fact">One of this listener's facts.</param>
    /// <returns>w ≥ 0 and p in [−1, 1].</returns>
    public (double Confidence, double Preference) Weigh(in TrackFact fact)
    {
        if ((fact.Marks & FactMarks.Hidden) != 0)
        {
            return (_transform.ConfidenceOf(_transform.HideEvidence), -1);
        }

        var decay = DecayTo(ReferenceMs, fact.LastAtMs, _transform.TasteHalfLife);
        var forIt = fact.For * decay;
        var against = fact.Against * decay;
        if ((fact.Marks & FactMarks.Liked) != 0)
        {
            forIt += _transform.LikeEvidence;
        }

        var total = forIt + against;
        return total > 0 ? (_transform.ConfidenceOf(total), (forIt - against) / total) : (0, 0);
    }

    /// <summary>Confidence of a fact as the session horizon reads it at a time.</summary>
    /// <param name="fact">One of this listener's facts.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <returns>w ≥ 0; the preference is 1.</returns>
    public double WeighSession(in TrackFact fact, long nowMs)
    {
        if ((fact.Marks & FactMarks.Hidden) != 0 || fact.Session <= 0)
        {
            return 0;
        }

        return _transform.ConfidenceOf(fact.Session * DecayTo(nowMs, fact.LastAtMs, _transform.SessionHalfLife));
    }

    /// <summary>Finds the fact about a track.</summary>
    /// <param name="track">Which.</param>
    /// <param name="fact">The fact, when there is one.</param>
    /// <returns>False when nothing is known.</returns>
    public bool TryGetTrack(TrackIndex track, out TrackFact fact)
    {
        var at = Find(track.Value);
        fact = at >= 0 ? _tracks[at] : default;
        return at >= 0;
    }

    /// <summary>The marks on a playlist.</summary>
    /// <param name="playlist">Which.</param>
    /// <returns>None when nothing is known.</returns>
    public FactMarks MarksOf(PlaylistIndex playlist)
    {
        foreach (ref readonly var fact in Playlists)
        {
            if (fact.Playlist == playlist.Value)
            {
                return fact.Marks;
            }
        }

        return FactMarks.None;
    }

    /// <summary>Copies the tracks that speak for this listener (more evidence for than against, not hidden), ascending.</summary>
    /// <param name="tracks">Room for up to <see cref="MaxTracks"/>; what does not fit is left out.</param>
    /// <returns>How many were copied.</returns>
    public int CopyKnownTracks(Span<int> tracks)
    {
        var facts = _tracks;
        var end = Math.Min(TrackCount, facts.Length);
        var count = 0;
        for (var i = 0; i < end && count < tracks.Length; i++)
        {
            if (IsKnown(facts[i]))
            {
                tracks[count++] = facts[i].Track;
            }
        }

        return count;
    }

    /// <summary>Whether a fact speaks for its track.</summary>
    /// <param name="fact">Any fact.</param>
    /// <returns>True when liked, or played more than skipped, and not hidden.</returns>
    public static bool IsKnown(in TrackFact fact) =>
        (fact.Marks & FactMarks.Hidden) == 0 && ((fact.Marks & FactMarks.Liked) != 0 || fact.For > fact.Against);

    private static bool TouchesTrack(EventKind kind) => kind is EventKind.Listen or EventKind.Skip or EventKind.Like
        or EventKind.Unlike or EventKind.Hide or EventKind.Unhide or EventKind.Save;

    private static double DecayTo(long toMs, long fromMs, TimeSpan halfLife) =>
        double.Exp2((fromMs - toMs) / halfLife.TotalMilliseconds);

    private int Find(int track)
    {
        var low = 0;
        var high = TrackCount - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var there = _tracks[middle].Track;
            if (there == track)
            {
                return middle;
            }

            if (there < track)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }
}
