using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Log;

namespace Buddies.Storage.Sqlite;

/// <summary>An import as one transaction on the writer's connection; it holds the writer until it ends.</summary>
internal sealed class SqliteImportSession(
    SqliteWriter writer,
    EventInserter events,
    TrackRows tracks,
    PlaylistRows playlists,
    ImportRows rows,
    string source) : IImportSession
{
    private (long Tracks, long Playlists, long Events, long Friendships) _counts;
    private bool _ended;

    public void AddTrack(Track track)
    {
        ArgumentNullException.ThrowIfNull(track);
        ThrowIfEnded();
        tracks.Add(track);
        _counts.Tracks++;
    }

    public void AddPlaylist(Playlist playlist)
    {
        ArgumentNullException.ThrowIfNull(playlist);
        ThrowIfEnded();
        playlists.Upsert(playlist);
        _counts.Playlists++;
    }

    public bool AddEvent(in UserEvent @event)
    {
        EventIds.Check(@event, nameof(@event));
        ThrowIfEnded();
        var added = events.Insert(@event) > 0;
        _counts.Events += added ? 1 : 0;
        return added;
    }

    public void AddFriendship(UserId first, UserId second)
    {
        ArgumentException.ThrowIfNullOrEmpty(first.Value);
        ArgumentException.ThrowIfNullOrEmpty(second.Value);
        ThrowIfEnded();
        var order = string.CompareOrdinal(first.Value, second.Value);
        if (order != 0)
        {
            var (smaller, larger) = order < 0 ? (first, second) : (second, first);
            _counts.Friendships += rows.AddFriendship(
                writer.Users.GetOrAdd(smaller.Value),
                writer.Users.GetOrAdd(larger.Value));
        }
    }

    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        cancellationToken.ThrowIfCancellationRequested();
        events.End();
        rows.Record(source, _counts);
        _ended = true;
        await Task.Run(() => writer.End(commit: true), CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            _ended = true;
            await Task.Run(() => writer.End(commit: false), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private void ThrowIfEnded()
    {
        if (_ended)
        {
            throw new InvalidOperationException("This import has ended.");
        }
    }
}
