using System.Buffers.Binary;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Checkpoints;

namespace Buddies.Storage.Sqlite;

/// <summary>Checkpoints in SQLite.</summary>
internal sealed class SqliteCheckpointStore(SqliteWriter writer, SqliteReader reader) : ICheckpointStore
{
    // States are a few KiB each, so a page holds fewer of them than of events.
    private const int PageRows = 256;

    // Of the two slots of a listener the one with the newest revision stays.
    private readonly SqliteStatement _save = writer.Database.Prepare("""
        INSERT INTO checkpoints (user_no, slot, revision, offset, state, checksum)
        SELECT ?1, r.revision & 1, r.revision, ?2, ?3, ?4
        FROM (SELECT coalesce(max(revision) + 1, 0) AS revision FROM checkpoints WHERE user_no = ?1) r WHERE true
        ON CONFLICT (user_no, slot) DO UPDATE SET revision = excluded.revision, offset = excluded.offset,
            state = excluded.state, checksum = excluded.checksum
        """);

    private readonly SqliteStatement _clear = writer.Database.Prepare("DELETE FROM checkpoints");

    // A page ends between two listeners, never between the two checkpoints of one.
    private readonly SqliteStatement _page = reader.Database.Prepare("""
        SELECT c.user_no, u.id, c.offset, c.state, c.checksum
        FROM (SELECT DISTINCT user_no FROM checkpoints WHERE user_no > ?1 ORDER BY user_no LIMIT ?2) p
        JOIN checkpoints c ON c.user_no = p.user_no JOIN users u ON u.no = c.user_no
        ORDER BY c.user_no, c.revision DESC
        """);

    private readonly SqliteStatement _one = reader.Database.Prepare("""
        SELECT c.user_no, u.id, c.offset, c.state, c.checksum FROM checkpoints c JOIN users u ON u.no = c.user_no
        WHERE u.id = ?1 ORDER BY c.revision DESC
        """);

    public async ValueTask SaveAsync(IReadOnlyList<UserCheckpoint> checkpoints, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoints);
        if (checkpoints.Any(c => c.State is null || c.User.Value is null))
        {
            throw new ArgumentException("A checkpoint to save needs a user and a state.", nameof(checkpoints));
        }

        if (checkpoints.Count > 0)
        {
            await writer.WriteAsync(() => Save(checkpoints), cancellationToken).ConfigureAwait(false);
        }
    }

    public IAsyncEnumerable<UserCheckpoint> ReadAllAsync(CancellationToken cancellationToken)
    {
        var after = 0L;
        return reader.StreamAsync<UserCheckpoint>(
            page =>
            {
                var choice = default(CheckpointChoice);
                _page.Bind(1, after).Bind(2, PageRows);
                while (_page.Step())
                {
                    after = _page.Number(0);
                    if (Add(_page, ref choice) is { } one)
                    {
                        page.Add(one);
                    }
                }

                if (choice.Take() is { } last)
                {
                    page.Add(last);
                }
            },
            cancellationToken);
    }

    public async ValueTask<UserCheckpoint?> ReadAsync(UserId user, CancellationToken cancellationToken) => await reader.ReadAsync(
        () =>
        {
            var choice = default(CheckpointChoice);
            _one.Bind(1, user.Value);
            while (_one.Step())
            {
                _ = Add(_one, ref choice);
            }

            return choice.Take();
        },
        cancellationToken).ConfigureAwait(false);

    public async ValueTask ClearAsync(CancellationToken cancellationToken) =>
        await writer.WriteAsync(() => _clear.Run(), cancellationToken).ConfigureAwait(false);

    private void Save(IReadOnlyList<UserCheckpoint> checkpoints)
    {
        Span<byte> owner = stackalloc byte[sizeof(long)];
        Span<byte> checksum = stackalloc byte[CheckpointChecksum.Bytes];
        foreach (var checkpoint in checkpoints)
        {
            var user = writer.Users.GetOrAdd(checkpoint.User.Value);
            BinaryPrimitives.WriteInt64LittleEndian(owner, user);
            CheckpointChecksum.Compute(owner, checkpoint.Offset, checkpoint.State, checksum);
            _ = _save.Bind(1, user).Bind(2, checkpoint.Offset).Bind(3, checkpoint.State.AsSpan()).Bind(4, checksum).Run();
        }
    }

    private static UserCheckpoint? Add(SqliteStatement row, ref CheckpointChoice choice)
    {
        Span<byte> owner = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(owner, row.Number(0));
        var (user, offset) = (new UserId(row.Text(1)), row.Number(2));
        var state = row.Bytes(3);
        var isWhole = CheckpointChecksum.Matches(owner, offset, state, row.Bytes(4));
        return choice.Add(user, offset, isWhole ? state.ToArray() : null);
    }
}
