using System.Security.Cryptography;
using System.Text;
using Buddies.Engine.Events;
using Npgsql;
using NpgsqlTypes;

namespace Buddies.Storage.Postgres;

/// <summary>Writes events inside a transaction that somebody else began: duplicates found by one query over all keys, the rest by binary COPY.</summary>
/// <remarks>Used by one transaction at a time.</remarks>
internal sealed class EventRows(PostgresStoreOptions options)
{
    // One look into the index for each key, whatever the planner thinks of joins. Every append holds the head's lock, so
    // what is not found cannot come before the commit.
    private const string FindKnown = """
        SELECT n.log_offset FROM unnest($1::bigint[], $2::uuid[], $3::bigint[]) AS n (user_no, id_hash, log_offset)
        CROSS JOIN LATERAL (SELECT FROM event_keys k WHERE k.user_no = n.user_no AND k.id_hash = n.id_hash LIMIT 1) known
        """;

    private const string CopyKeys = "COPY event_keys (user_no, id_hash, generation, log_offset) FROM STDIN (FORMAT BINARY)";

    private const string CopyEvents = """
        COPY events (segment, log_offset, user_no, track_no, playlist_no, occurred_at, played_ms, duration_ms, plays, kind, event_id, context)
        FROM STDIN (FORMAT BINARY)
        """;

    private readonly IdNumbers _users = new("users", options.CachedIds);
    private readonly IdNumbers _tracks = new("track_ids", options.CachedIds);
    private readonly IdNumbers _playlists = new("playlist_ids", options.CachedIds);
    private readonly Dictionary<(long User, Guid Hash), long> _keys = [];
    private long _seenErasures = -1;

    /// <summary>Appends events.</summary>
    /// <param name="connection">In a transaction that holds the write lock.</param>
    /// <param name="events">[n].</param>
    /// <param name="offsets">[n], receives each event's offset; 0 for a duplicate.</param>
    /// <returns>How many were new.</returns>
    public async Task<int> AppendAsync(NpgsqlConnection connection, IReadOnlyList<UserEvent> events, long[] offsets)
    {
        var head = await PrepareAsync(connection).ConfigureAwait(false);
        await _users.ResolveAsync(connection, events.Select(e => e.User.Value)).ConfigureAwait(false);
        await _tracks.ResolveAsync(connection, events.Where(e => e.Track is not null).Select(e => e.Track!.Value.Value)).ConfigureAwait(false);
        await _playlists.ResolveAsync(connection, events.Where(e => e.Playlist is not null).Select(e => e.Playlist!.Value.Value)).ConfigureAwait(false);
        await NumberAsync(connection, events, offsets, head.LastNumber).ConfigureAwait(false);
        if (_keys.Count > 0)
        {
            await CopyKeysAsync(connection, head.Generation).ConfigureAwait(false);
            await CopyEventsAsync(connection, events, offsets, head.Segment).ConfigureAwait(false);
        }

        // Duplicates take numbers too, so that whoever reads the offsets of its own appends sees what others wrote.
        await LogHead.MoveAsync(connection, head.LastNumber + events.Count, offsets.Max()).ConfigureAwait(false);
        return _keys.Count;
    }

    /// <summary>Drops the remembered numbers; after a transaction that was taken back.</summary>
    public void Forget()
    {
        _users.Forget();
        _tracks.Forget();
        _playlists.Forget();
    }

    /// <summary>What makes one event id equal another within a user: 128 bits of SHA-256.</summary>
    public static Guid Hash(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> text = stackalloc byte[EventRules.MaxIdLength * 3];
        _ = id.Length <= EventRules.MaxIdLength
            ? SHA256.HashData(text[..Encoding.UTF8.GetBytes(id, text)], hash)
            : SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    private async Task<LogHead> PrepareAsync(NpgsqlConnection connection)
    {
        var head = await LogHead.LockAsync(connection).ConfigureAwait(false);
        if (head.Erasures != _seenErasures)
        {
            _seenErasures = head.Erasures;
            Forget();
        }

        var now = options.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (head.Segment > 0
            && now - head.SegmentStartedAt < (long)options.SegmentPeriod.TotalMilliseconds
            && head.LastNumber + 1 - head.SegmentFirst < options.SegmentEvents)
        {
            return head;
        }

        await using var begin = new NpgsqlCommand("SELECT begin_segment($1)", connection) { Parameters = { new() { Value = now } } };
        _ = await begin.ExecuteNonQueryAsync().ConfigureAwait(false);
        return await LogHead.LockAsync(connection).ConfigureAwait(false);
    }

    /// <summary>Gives each event its offset, 0 to a duplicate, and leaves the keys of the new ones.</summary>
    private async Task NumberAsync(NpgsqlConnection connection, IReadOnlyList<UserEvent> events, long[] offsets, long lastNumber)
    {
        _keys.Clear();
        for (var i = 0; i < offsets.Length; i++)
        {
            var number = lastNumber + 1 + i;
            offsets[i] = _keys.TryAdd((_users[events[i].User.Value], Hash(events[i].Id.Value)), number) ? number : 0;
        }

        var (users, hashes, numbers) = (new long[_keys.Count], new Guid[_keys.Count], new long[_keys.Count]);
        var at = 0;
        foreach (var (key, number) in _keys)
        {
            (users[at], hashes[at], numbers[at]) = (key.User, key.Hash, number);
            at++;
        }

        await using var command = new NpgsqlCommand(FindKnown, connection)
        {
            Parameters = { new() { Value = users }, new() { Value = hashes }, new() { Value = numbers } },
        };
        await using var rows = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await rows.ReadAsync().ConfigureAwait(false))
        {
            var i = (int)(rows.GetInt64(0) - lastNumber - 1);
            offsets[i] = 0;
            _ = _keys.Remove((_users[events[i].User.Value], Hash(events[i].Id.Value)));
        }
    }

    // COPY's rows go out in large pieces, so its calls hardly ever wait; awaiting each of them costs more than the rows.
    private async Task CopyKeysAsync(NpgsqlConnection connection, int generation)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopyKeys).ConfigureAwait(false);
        foreach (var (key, number) in _keys)
        {
            copy.StartRow();
            copy.Write(key.User, NpgsqlDbType.Bigint);
            copy.Write(key.Hash, NpgsqlDbType.Uuid);
            copy.Write(generation, NpgsqlDbType.Integer);
            copy.Write(number, NpgsqlDbType.Bigint);
        }

        _ = await copy.CompleteAsync().ConfigureAwait(false);
    }

    private async Task CopyEventsAsync(NpgsqlConnection connection, IReadOnlyList<UserEvent> events, long[] offsets, int segment)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopyEvents).ConfigureAwait(false);
        for (var i = 0; i < events.Count; i++)
        {
            if (offsets[i] > 0)
            {
                WriteRow(copy, events[i], offsets[i], segment);
            }
        }

        _ = await copy.CompleteAsync().ConfigureAwait(false);
    }

    private void WriteRow(NpgsqlBinaryImporter copy, in UserEvent @event, long offset, int segment)
    {
        copy.StartRow();
        copy.Write(segment, NpgsqlDbType.Integer);
        copy.Write(offset, NpgsqlDbType.Bigint);
        copy.Write(_users[@event.User.Value], NpgsqlDbType.Bigint);
        WriteNumber(copy, @event.Track is { } track ? _tracks[track.Value] : null);
        WriteNumber(copy, @event.Playlist is { } playlist ? _playlists[playlist.Value] : null);
        copy.Write(@event.OccurredAt.ToUnixTimeMilliseconds(), NpgsqlDbType.Bigint);
        WriteNumber(copy, @event.PlayedMs);
        WriteNumber(copy, @event.DurationMs);
        copy.Write(@event.Plays, NpgsqlDbType.Integer);
        copy.Write((short)@event.Kind, NpgsqlDbType.Smallint);
        copy.Write(@event.Id.Value, NpgsqlDbType.Text);
        if (@event.Context is { } context)
        {
            copy.Write(context, NpgsqlDbType.Text);
        }
        else
        {
            copy.WriteNull();
        }
    }

    private static void WriteNumber(NpgsqlBinaryImporter copy, long? number)
    {
        if (number is { } value)
        {
            copy.Write(value, NpgsqlDbType.Bigint);
        }
        else
        {
            copy.WriteNull();
        }
    }

    private static void WriteNumber(NpgsqlBinaryImporter copy, int? number)
    {
        if (number is { } value)
        {
            copy.Write(value, NpgsqlDbType.Integer);
        }
        else
        {
            copy.WriteNull();
        }
    }
}
