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

    /// <summary>How events become facts.</summary>
    public TasteTransform Transform => _transform;

    /// <summary>Track facts in use.</summary>
    public int TrackCount { get; private set; }

    /// <summary>Playlist facts in use.</summary>
    public int PlaylistCount { get; private set; }

    /// <summary>Events applied in all.</summary>
    public long EventCount { get; private set; }

    /// <summary>The newest event's time, Unix milliseconds; 0 before the first.</summary>
    public long NewestAtMs { get; private set; }

    /// <summary>Track facts, ordered by track; valid until the next change.</summary>
    public ReadOnlySpan<TrackFact> Tracks => _tracks.AsSpan(0, TrackCount);

    /// <summary>Playlist facts, oldest first; valid until the next change.</summary>
    public ReadOnlySpan<PlaylistFact> Playlists => _playlists.AsSpan(0, PlaylistCount);

    /// <summary>The same facts, to go on apart from these.</summary>
    /// <returns>A copy of its own.</returns>
    public UserTaste Copy()
    {
        var copy = (UserTaste)MemberwiseClone();
        copy._tracks = Tracks.ToArray();
        copy._playlists = Playlists.ToArray();
        return copy;
    }

    /// <summary>Applies an event that is new to this listener.</summary>
    /// <param name="event">A valid event of this listener.</param>
    /// <param name="track">Its track's position; null when it has none.</param>
    /// <param name="playlist">Its playlist's position; null when it has none.</param>
    /// <returns>What changed.</returns>
    public TasteChange Apply(in UserEvent @event, TrackIndex? track, PlaylistIndex? playlist)
    {
        var at = @event.OccurredAt.ToUnixTimeMilliseconds();
        EventCount++;
        NewestAtMs = Math.Max(NewestAtMs, at);
        var change = default(TasteChange);
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

    /// <summary>Mean evidence of the tracks that carry any and are not hidden, as of the newest event: what confidences are measured against.</summary>
    /// <returns>In full plays; 0 when no track carries evidence.</returns>
    public double ComputeMeanEvidence()
    {
        Span<double> totals = stackalloc double[TrackCount];
        return ComputeMeanEvidence(totals);
    }

    /// <summary>The same, and the evidence of each fact by the way: that is where the time goes.</summary>
    /// <param name="totals">Destination, at least <see cref="TrackCount"/>: evidence as of the newest event, 0 where a track carries none.</param>
    /// <returns>In full plays; 0 when no track carries evidence.</returns>
    public double ComputeMeanEvidence(Span<double> totals)
    {
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < TrackCount; i++)
        {
            totals[i] = EvidenceOf(_tracks[i], NewestAtMs).Total;
            if (totals[i] > 0)
            {
                sum += totals[i];
                count++;
            }
        }

        return count > 0 ? sum / count : 0;
    }

    /// <summary>Evidence of a fact, long horizon; none when it is hidden.</summary>
    /// <param name="fact">One of this listener's facts.</param>
    /// <param name="atMs">The time to bring it to, Unix milliseconds, before or after its own.</param>
    /// <returns>For and against together, in full plays, and the preference in [−1, 1] that they make.</returns>
    public (double Total, double Preference) EvidenceOf(in TrackFact fact, long atMs)
    {
        var sum = (double)fact.For + fact.Against;
        return sum > 0 && (fact.Marks & FactMarks.Hidden) == 0
            ? (sum * DecayTo(atMs, fact.LastAtMs, _transform.TasteHalfLife), ((double)fact.For - fact.Against) / sum)
            : (0, 0);
    }

    /// <summary>Confidence of what a listener said outright, at the preference of its sign.</summary>
    /// <param name="fact">One of this listener's facts.</param>
    /// <returns>Above 0 for a like, below 0 for a hide, else 0.</returns>
    public double WeighMark(in TrackFact fact) => (fact.Marks & (FactMarks.Hidden | FactMarks.Liked)) switch
    {
        FactMarks.None => 0,
        FactMarks.Liked => _transform.LikeConfidence,
        _ => -_transform.HideConfidence,
    };

    /// <summary>Confidence and preference of a fact, evidence and mark together; the snapshot's track weight comes on top.</summary>
    /// <param name="fact">One of this listener's facts.</param>
    /// <param name="meanEvidence">From <see cref="ComputeMeanEvidence()"/>.</param>
    /// <returns>w ≥ 0 and p in [−1, 1].</returns>
    public (double Confidence, double Preference) Weigh(in TrackFact fact, double meanEvidence) =>
        Weigh(fact, EvidenceOf(fact, NewestAtMs).Total, meanEvidence);

    /// <summary>The same for one whose evidence is known.</summary>
    /// <param name="fact">One of this listener's facts.</param>
    /// <param name="total">Its evidence as of the newest event, from <see cref="ComputeMeanEvidence(Span{double})"/>.</param>
    /// <param name="meanEvidence">From the same call.</param>
    /// <returns>w ≥ 0 and p in [−1, 1].</returns>
    public (double Confidence, double Preference) Weigh(in TrackFact fact, double total, double meanEvidence)
    {
        var mark = WeighMark(fact);
        var preference = total > 0 ? ((double)fact.For - fact.Against) / ((double)fact.For + fact.Against) : 0;
        var confidence = _transform.ConfidenceOf(total, meanEvidence);
        var both = confidence + Math.Abs(mark);
        return both > 0 ? (both, ((confidence * preference) + mark) / both) : (0, 0);
    }

    /// <summary>Evidence of a fact within the session.</summary>
    /// <param name="fact">One of this listener's facts.</param>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    /// <returns>In full plays, 0 or more.</returns>
    public double SessionEvidenceOf(in TrackFact fact, long nowMs) => (fact.Marks & FactMarks.Hidden) == 0 && fact.Session > 0
        ? fact.Session * DecayTo(Math.Max(nowMs, fact.LastAtMs), fact.LastAtMs, _transform.SessionHalfLife)
        : 0;

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
