using Buddies.Engine.Events;

namespace Buddies.Engine.Taste;

public sealed partial class UserTaste
{
    private void ApplyToTrack(in UserEvent @event, int track, long at, ref TasteChange change)
    {
        var position = Find(track);
        if (position < 0)
        {
            // Taking back what was never said needs no fact.
            if (@event.Kind is EventKind.Unlike or EventKind.Unhide)
            {
                return;
            }

            position = Insert(track, at, ref change);
        }

        ref var fact = ref _tracks[position];
        var (forIt, against) = _transform.EvidenceOf(@event);
        Decay(ref fact, at, out var weight, out var sessionWeight);
        fact.For += (float)(forIt * weight);
        fact.Against += (float)(against * weight);
        fact.Session = (float)Math.Max(0, fact.Session + ((forIt - against) * sessionWeight));
        fact.Marks = @event.Kind switch
        {
            EventKind.Like => (fact.Marks | FactMarks.Liked) & ~FactMarks.Hidden,
            EventKind.Unlike => fact.Marks & ~FactMarks.Liked,
            EventKind.Hide => (fact.Marks | FactMarks.Hidden) & ~FactMarks.Liked,
            EventKind.Unhide => fact.Marks & ~FactMarks.Hidden,
            _ => fact.Marks,
        };
        if (@event.Kind == EventKind.Like)
        {
            fact.Session += (float)sessionWeight;
        }

        change.TrackChanged = true;
        change.Track = track;
        if (fact is { For: 0, Against: 0, Session: 0, Marks: FactMarks.None })
        {
            // A word that was taken back leaves the track as unheard as it was.
            RemoveTrackAt(position);
            change.Evicted = true;
        }
    }

    /// <summary>Brings a fact to the later of its own time and the event's; an event from the past counts decayed instead.</summary>
    private void Decay(ref TrackFact fact, long at, out double weight, out double sessionWeight)
    {
        if (at > fact.LastAtMs)
        {
            fact.For *= (float)DecayTo(at, fact.LastAtMs, _transform.TasteHalfLife);
            fact.Against *= (float)DecayTo(at, fact.LastAtMs, _transform.TasteHalfLife);
            fact.Session *= (float)DecayTo(at, fact.LastAtMs, _transform.SessionHalfLife);
            fact.LastAtMs = at;
            weight = 1;
            sessionWeight = 1;
        }
        else
        {
            weight = DecayTo(fact.LastAtMs, at, _transform.TasteHalfLife);
            sessionWeight = DecayTo(fact.LastAtMs, at, _transform.SessionHalfLife);
        }
    }

    private int Insert(int track, long at, ref TasteChange change)
    {
        if (TrackCount == MaxTracks)
        {
            RemoveTrackAt(FindWeakest());
            change.Evicted = true;
        }

        if (TrackCount == _tracks.Length)
        {
            Array.Resize(ref _tracks, Math.Min(MaxTracks, Math.Max(8, _tracks.Length * 2)));
        }

        var position = ~Find(track);
        Array.Copy(_tracks, position, _tracks, position + 1, TrackCount - position);
        _tracks[position] = new TrackFact { Track = track, LastAtMs = at };
        TrackCount++;
        return position;
    }

    private void RemoveTrackAt(int position)
    {
        Array.Copy(_tracks, position + 1, _tracks, position, TrackCount - position - 1);
        TrackCount--;
    }

    /// <summary>The fact that gives way: the weakest unpinned one, else the oldest like, else the oldest hide.</summary>
    private int FindWeakest()
    {
        var weakest = 0;
        var lowest = (Rank: int.MaxValue, Strength: double.MaxValue);
        for (var i = 0; i < TrackCount; i++)
        {
            ref readonly var fact = ref _tracks[i];
            var rank = (fact.Marks & FactMarks.Hidden) != 0 ? 2 : fact.IsPinned ? 1 : 0;
            var strength = rank == 0 ? EvidenceOf(fact, NewestAtMs).Total : fact.LastAtMs;
            if ((rank, strength).CompareTo(lowest) < 0)
            {
                lowest = (rank, strength);
                weakest = i;
            }
        }

        return weakest;
    }

    private void ApplyToPlaylist(EventKind kind, int playlist, long at, ref TasteChange change)
    {
        var (set, clear) = kind switch
        {
            EventKind.Like => (FactMarks.Liked, FactMarks.Hidden),
            EventKind.Unlike => (FactMarks.None, FactMarks.Liked),
            EventKind.Hide => (FactMarks.Hidden, FactMarks.Liked),
            EventKind.Unhide => (FactMarks.None, FactMarks.Hidden),
            EventKind.Save => (FactMarks.Saved, FactMarks.Hidden),
            EventKind.Follow => (FactMarks.Followed, FactMarks.Hidden),
            EventKind.Unfollow => (FactMarks.None, FactMarks.Followed),
            _ => (FactMarks.None, FactMarks.None),
        };
        if ((set | clear) == FactMarks.None)
        {
            return;
        }

        var position = -1;
        for (var i = 0; i < PlaylistCount && position < 0; i++)
        {
            position = _playlists[i].Playlist == playlist ? i : -1;
        }

        var before = position >= 0 ? _playlists[position].Marks : FactMarks.None;
        var after = (before | set) & ~clear;
        if (after == before)
        {
            return;
        }

        change.PlaylistChanged = true;
        if (position >= 0)
        {
            RemovePlaylistAt(position);
        }
        else if (PlaylistCount == MaxPlaylists)
        {
            RemovePlaylistAt(FindOldestPlaylist());
        }

        if (after != FactMarks.None)
        {
            if (PlaylistCount == _playlists.Length)
            {
                Array.Resize(ref _playlists, Math.Min(MaxPlaylists, Math.Max(4, _playlists.Length * 2)));
            }

            _playlists[PlaylistCount++] = new PlaylistFact { Playlist = playlist, Marks = after, LastAtMs = at };
        }
    }

    /// <summary>Hides outlive follows and likes.</summary>
    private int FindOldestPlaylist()
    {
        for (var i = 0; i < PlaylistCount; i++)
        {
            if ((_playlists[i].Marks & FactMarks.Hidden) == 0)
            {
                return i;
            }
        }

        return 0;
    }

    private void RemovePlaylistAt(int position)
    {
        Array.Copy(_playlists, position + 1, _playlists, position, PlaylistCount - position - 1);
        PlaylistCount--;
    }
}
