using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Sqlite;

/// <summary>Takes a listener out of every table, and keeps only a hash that says so.</summary>
/// <remarks>
/// The writing connection has <c>secure_delete</c> on: freed bytes are overwritten with zeros. What others did with the
/// listener's playlists stays theirs, under an id that says nothing.
/// </remarks>
internal sealed class Erasure(SqliteWriter writer, SqliteReader reader, TimeProvider clock)
{
    private readonly SqliteStatement _remember = writer.Database.Prepare(
        "INSERT INTO erased (hash, at) VALUES (?1, ?2) ON CONFLICT (hash) DO UPDATE SET at = excluded.at");

    private readonly SqliteStatement _isErased = reader.Database.Prepare("SELECT count(*) FROM erased WHERE hash = ?1");

    private readonly SqliteStatement _erasedSince = reader.Database.Prepare("SELECT hash FROM erased WHERE at >= ?1");

    // In an order that leaves no row naming one that is gone.
    private readonly SqliteStatement[] _deletes =
    [
        writer.Database.Prepare("DELETE FROM events WHERE user_no = ?1"),
        writer.Database.Prepare("DELETE FROM checkpoints WHERE user_no = ?1"),
        writer.Database.Prepare("DELETE FROM friendships WHERE first_no = ?1"),
        writer.Database.Prepare("DELETE FROM friendships WHERE second_no = ?1"),
        writer.Database.Prepare("DELETE FROM invisible WHERE user_no = ?1"),
        writer.Database.Prepare("DELETE FROM blocks WHERE user_no = ?1"),
        writer.Database.Prepare("DELETE FROM blocks WHERE other_no = ?1"),
        writer.Database.Prepare("""
            UPDATE playlist_ids SET id = 'erased:' || lower(hex(randomblob(16)))
            WHERE no IN (SELECT playlist_no FROM playlists WHERE owner_no = ?1)
            """),
        writer.Database.Prepare("DELETE FROM playlists WHERE owner_no = ?1"),
        writer.Database.Prepare("DELETE FROM users WHERE no = ?1"),
    ];

    public async Task EraseAsync(UserId user, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(user.Value);
        await writer.WriteAsync(
            () =>
            {
                if (writer.Users.Find(user.Value) is { } number)
                {
                    foreach (var delete in _deletes)
                    {
                        _ = delete.Bind(1, number).Run();
                    }
                }

                _ = _remember.Bind(1, ErasedIds.Hash(user)).Bind(2, clock.GetUtcNow().ToUnixTimeMilliseconds()).Run();
                writer.ForgetIds();
            },
            cancellationToken).ConfigureAwait(false);

        // The effect is durable already; this takes the erased bytes out of the write-ahead log as well. Where another
        // process keeps it from that, the next complete checkpoint does it.
        await writer.EmptyLogAsync().ConfigureAwait(false);
    }

    public Task<bool> WasErasedAsync(UserId user, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(user.Value);
        return reader.ReadAsync(() => _isErased.Bind(1, ErasedIds.Hash(user)).ReadNumber() > 0, cancellationToken);
    }

    public Task<List<byte[]>> ErasedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) => reader.ReadAsync(
        () =>
        {
            var hashes = new List<byte[]>();
            _ = _erasedSince.Bind(1, since.ToUnixTimeMilliseconds());
            while (_erasedSince.Step())
            {
                hashes.Add(_erasedSince.Bytes(0).ToArray());
            }

            return hashes;
        },
        cancellationToken);
}
