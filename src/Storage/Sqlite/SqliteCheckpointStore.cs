using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Sqlite;

/// <summary>Checkpoints in SQLite.</summary>
internal sealed class SqliteCheckpointStore(SqliteWriter writer, SqliteReader reader) : ICheckpointStore
{
    // States are a few KiB each, so a page holds fewer of them than of events.
    private const int PageRows = 256;

    private readonly SqliteStatement _save = writer.Database.Prepare("""
        INSERT INTO checkpoints (user_no, offset, state, checksum) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (user_no) DO UPDATE SET offset = excluded.offset, state = excluded.state, checksum = excluded.checksum
        """);

    private readonly SqliteStatement _clear = writer.Database.Prepare("DELETE FROM checkpoints");

    private readonly SqliteStatement _page = reader.Database.Prepare("""
        SELECT c.user_no, u.id, c.offset, c.state, c.checksum FROM checkpoints c JOIN users u ON u.no = c.user_no
        WHERE c.user_no > ?1 ORDER BY c.user_no LIMIT ?2
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
                _page.Bind(1, after).Bind(2, PageRows);
                while (_page.Step())
                {
                    after = _page.Number(0);
                    page.Add(Row());
                }
            },
            cancellationToken);
    }

    public async ValueTask ClearAsync(CancellationToken cancellationToken) =>
        await writer.WriteAsync(() => _clear.Run(), cancellationToken).ConfigureAwait(false);

    private void Save(IReadOnlyList<UserCheckpoint> checkpoints)
    {
        Span<byte> checksum = stackalloc byte[CheckpointChecksum.Bytes];
        foreach (var checkpoint in checkpoints)
        {
            var user = writer.Users.GetOrAdd(checkpoint.User.Value);
            CheckpointChecksum.Compute(user, checkpoint.Offset, checkpoint.State, checksum);
            _ = _save.Bind(1, user).Bind(2, checkpoint.Offset).Bind(3, checkpoint.State.AsSpan()).Bind(4, checksum).Run();
        }
    }

    private UserCheckpoint Row()
    {
        var (user, offset) = (new UserId(_page.Text(1)), _page.Number(2));
        var state = _page.Bytes(3);
        return CheckpointChecksum.Matches(_page.Number(0), offset, state, _page.Bytes(4))
            ? new UserCheckpoint(user, state.ToArray(), offset)
            : new UserCheckpoint(user, null, 0);
    }
}
