using System.Runtime.InteropServices;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Training.Import;

/// <summary>Turns MPD playlists into tracks, playlists and the facts of their makers.</summary>
internal sealed class MpdWriter(ImportRun run)
{
    private readonly Dictionary<string, TrackId> _artistKeys = [];
    private readonly HashSet<TrackId> _matched = [];
    private readonly HashSet<TrackId> _artists = [];
    private readonly Dictionary<TrackId, int> _plays = [];
    private long _entries;
    private long _matchedEntries;

    private bool IsByArtist => run.Options.By == ItemLevel.Artist;

    /// <summary>Adds a playlist, without those of its entries that are malformed.</summary>
    public void Add(MpdPlaylist playlist, string slice, FileTally tally, JsonWindow window)
    {
        var id = new PlaylistId($"mpd-{slice}-{playlist.Pid}");
        var owner = new UserId($"{id}-maker");
        var time = TimeOf(playlist);
        var problem = playlist.Problem
            ?? EventRules.FindIdError(owner.Value, "playlist id")
            ?? (time < EventRules.Earliest || time > run.Moment + EventRules.ClockSkew ? $"modified_at: expected a time from 1990 to the present, got {playlist.ModifiedAt}" : null);
        if (problem is not null)
        {
            Refuse(playlist.Offset, problem, Math.Max(1, playlist.Entries.Count));
            return;
        }

        var items = new List<TrackId>(playlist.Entries.Count);
        foreach (var entry in playlist.Entries)
        {
            if (FindError(entry) is { } error)
            {
                Refuse(entry.Offset, error, 1);
                continue;
            }

            items.Add(AddItem(entry));
            tally.Imported();
        }

        run.AddPlaylist(new Playlist(id, playlist.Name, owner, IsPublic: true, items, playlist.Followers));
        AddSaves(id, owner, items, time);

        void Refuse(long offset, string reason, int rows) => tally.Bad(window.LineAt(offset), offset, reason, window.BytesAt(offset), rows);
    }

    /// <summary>How well the names joined; null unless items are artists.</summary>
    public MatchRate? ToMatchRate() => IsByArtist
        ? new MatchRate(_artists.Count, _matched.Count, _entries, _matchedEntries, run.Options.KnownTracks.Count(ArtistKey.IsArtist))
        : null;

    private DateTimeOffset TimeOf(MpdPlaylist playlist) => playlist.ModifiedAt switch
    {
        null => run.CountMoment, // Of no known time, and nobody's present session.
        < 0 => DateTimeOffset.MinValue,
        > 253_402_300_799 => DateTimeOffset.MaxValue,
        { } seconds => DateTimeOffset.FromUnixTimeSeconds(seconds),
    };

    private string? FindError(in MpdEntry entry) =>
        entry.Problem
        ?? (IsByArtist && string.IsNullOrWhiteSpace(entry.Artist) ? "artist_name: expected a name, got none" : null)
        ?? (IsByArtist ? null : EventRules.FindIdError(entry.Track, "track_uri"));

    private TrackId AddItem(in MpdEntry entry)
    {
        if (!IsByArtist)
        {
            var id = new TrackId(entry.Track!);
            if (run.IsNewItem(id))
            {
                run.AddTrack(new Track(id, entry.Title, entry.Artist ?? "", []));
            }

            return id;
        }

        var name = entry.Artist!.Trim();
        ref var key = ref CollectionsMarshal.GetValueRefOrAddDefault(_artistKeys, name, out var isKnown);
        if (!isKnown)
        {
            key = ArtistKey.From(name);
            run.AddTrack(new Track(key, name, name, []));
        }

        CountMatch(key);
        return key;
    }

    private void CountMatch(TrackId key)
    {
        _entries++;
        _artists.Add(key);
        if (run.Options.KnownTracks.Contains(key))
        {
            _matched.Add(key);
            _matchedEntries++;
        }
    }

    /// <summary>One save for each different item, standing for as many as there are entries of it.</summary>
    private void AddSaves(PlaylistId playlist, UserId owner, List<TrackId> items, DateTimeOffset time)
    {
        _plays.Clear();
        foreach (var item in items)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_plays, item, out _)++;
        }

        foreach (var (item, plays) in _plays)
        {
            run.AddEvent(new UserEvent(
                EventIds.From($"mpd:{playlist}:{item}"),
                owner,
                EventKind.Save,
                item,
                playlist,
                PlayedMs: null,
                DurationMs: null,
                time,
                plays));
        }
    }
}
