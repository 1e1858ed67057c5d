using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Log;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>An import as one transaction that runs alone; rows go out in large pieces.</summary>
internal sealed class PostgresImportSession : IImportSession
{
    private const int EventsAtOnce = 8192;
    private const int TracksAtOnce = 4096;
    private const int PlaylistsAtOnce = 512;
    private const int FriendshipsAtOnce = 8192;

    private readonly PostgresServer _server;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly PostgresStoreOptions _options;
    private readonly string _source;
    private readonly EventRows _eventRows;
    private readonly CatalogueRows _catalogueRows;
    private readonly FriendshipRows _friendshipRows;
    private readonly KnownKeys _keys;
    private readonly List<UserEvent> _events = [];
    private readonly Dictionary<TrackId, Track> _tracks = [];
    private readonly Dictionary<PlaylistId, Playlist> _playlists = [];
    private readonly List<(UserId, UserId)> _friendships = [];
    private (long Tracks, long Playlists, long Events, long Friendships) _counts;
    private bool _ended;

    private PostgresImportSession(
        PostgresServer server, NpgsqlConnection connection, NpgsqlTransaction transaction, PostgresStoreOptions options, string source)
    {
        (_server, _connection, _transaction, _options, _source) = (server, connection, transaction, options, source);
        (_eventRows, _catalogueRows, _friendshipRows) = (new EventRows(options), new CatalogueRows(options), new FriendshipRows(options));
        _keys = new KnownKeys(connection, FlushEvents);
    }

    public static async Task<PostgresImportSession> BeginAsync(
        PostgresServer server, PostgresStoreOptions options, string source, CancellationToken cancellationToken)
    {
        var connection = await server.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var transaction = await connection.BeginTransactionAsync(CancellationToken.None).ConfigureAwait(false);
            await WriteLock.TakeAsync(connection, isExclusive: true).ConfigureAwait(false);
            return new PostgresImportSession(server, connection, transaction, options, source);
        }
        catch (Exception e) when (PostgresServer.IsOurs(e))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw server.Failure(e);
        }
    }

    public void AddTrack(Track track)
    {
        ArgumentNullException.ThrowIfNull(track);
        ThrowIfEnded();
        _counts.Tracks++;
        if (_tracks.TryGetValue(track.Id, out var waiting))
        {
            _tracks[track.Id] = track.Tags.Count > 0 ? waiting with { Tags = track.Tags } : waiting;
            return;
        }

        _tracks.Add(track.Id, track);
        if (_tracks.Count == TracksAtOnce)
        {
            Run(FlushTracksAsync);
        }
    }

    public void AddPlaylist(Playlist playlist)
    {
        ArgumentNullException.ThrowIfNull(playlist);
        ThrowIfEnded();
        _counts.Playlists++;
        _playlists[playlist.Id] = playlist;
        if (_playlists.Count == PlaylistsAtOnce)
        {
            Run(FlushPlaylistsAsync);
        }
    }

    public bool AddEvent(in UserEvent @event)
    {
        EventIds.Check(@event, nameof(@event));
        ThrowIfEnded();
        try
        {
            if (!_keys.Add(@event))
            {
                return false;
            }
        }
        catch (Exception e) when (PostgresServer.IsOurs(e))
        {
            throw _server.Failure(e);
        }

        _counts.Events++;
        _events.Add(@event);
        if (_events.Count == EventsAtOnce)
        {
            FlushEvents();
        }

        return true;
    }

    public void AddFriendship(UserId first, UserId second)
    {
        ArgumentException.ThrowIfNullOrEmpty(first.Value);
        ArgumentException.ThrowIfNullOrEmpty(second.Value);
        ThrowIfEnded();
        var order = string.CompareOrdinal(first.Value, second.Value);
        if (order != 0)
        {
            _friendships.Add(order < 0 ? (first, second) : (second, first));
        }

        if (_friendships.Count == FriendshipsAtOnce)
        {
            Run(FlushFriendshipsAsync);
        }
    }

    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        cancellationToken.ThrowIfCancellationRequested();
        var isCommitting = false;
        try
        {
            await FlushTracksAsync().ConfigureAwait(false);
            await FlushPlaylistsAsync().ConfigureAwait(false);
            await FlushEventsAsync().ConfigureAwait(false);
            await FlushFriendshipsAsync().ConfigureAwait(false);
            await RecordAsync().ConfigureAwait(false);
            isCommitting = true;
            await _transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresServer.IsOurs(e))
        {
            throw _server.Failure(e, isUncertain: isCommitting && e is not PostgresException);
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        try
        {
            // Takes back what was not committed.
            await _transaction.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresServer.IsOurs(e))
        {
            // The connection is gone, and the transaction with it.
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    // The import's door is synchronous, for a reader of files that runs on a thread of its own.
    private void Run(Func<Task> flush)
    {
        try
        {
            flush().GetAwaiter().GetResult();
        }
        catch (Exception e) when (PostgresServer.IsOurs(e))
        {
            throw _server.Failure(e);
        }
    }

    private void FlushEvents() => Run(FlushEventsAsync);

    private async Task FlushEventsAsync()
    {
        if (_events.Count > 0)
        {
            _ = await _eventRows.AppendAsync(_connection, _events, new long[_events.Count]).ConfigureAwait(false);
            _events.Clear();
        }
    }

    private async Task FlushTracksAsync()
    {
        if (_tracks.Count > 0)
        {
            await _catalogueRows.AddAsync(_connection, _tracks.Values).ConfigureAwait(false);
            _tracks.Clear();
        }
    }

    private async Task FlushPlaylistsAsync()
    {
        if (_playlists.Count > 0)
        {
            await _catalogueRows.UpsertAsync(_connection, _playlists.Values).ConfigureAwait(false);
            _playlists.Clear();
        }
    }

    private async Task FlushFriendshipsAsync()
    {
        if (_friendships.Count > 0)
        {
            _counts.Friendships += await _friendshipRows.AddAsync(_connection, _friendships).ConfigureAwait(false);
            _friendships.Clear();
        }
    }

    private async Task RecordAsync()
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO imports (source, at, tracks, playlists, events, friendships) VALUES ($1, $2, $3, $4, $5, $6)", _connection)
        {
            Parameters =
            {
                new() { Value = _source },
                new() { Value = _options.Clock.GetUtcNow().ToUnixTimeMilliseconds() },
                new() { Value = _counts.Tracks },
                new() { Value = _counts.Playlists },
                new() { Value = _counts.Events },
                new() { Value = _counts.Friendships },
            },
        };
        _ = await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private void ThrowIfEnded()
    {
        if (_ended)
        {
            throw new InvalidOperationException("This import has ended.");
        }
    }
}
