using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Storage.Privacy;

namespace Buddies.Storage.Sqlite;

/// <summary>Listeners' choices about being seen, in SQLite.</summary>
internal sealed class SqlitePrivacyStore(SqliteWriter writer, SqliteReader reader) : IPrivacyStore
{
    private readonly SqliteStatement _read = reader.Database.Prepare("""
        SELECT u.id, 1, u.id FROM invisible i JOIN users u ON u.no = i.user_no
        UNION ALL SELECT u.id, 0, o.id FROM blocks b JOIN users u ON u.no = b.user_no JOIN users o ON o.no = b.other_no
        """);

    private readonly SqliteStatement _show = writer.Database.Prepare("DELETE FROM invisible WHERE user_no = ?1");
    private readonly SqliteStatement _unblock = writer.Database.Prepare("DELETE FROM blocks WHERE user_no = ?1");
    private readonly SqliteStatement _hide = writer.Database.Prepare("INSERT INTO invisible VALUES (?1)");
    private readonly SqliteStatement _block = writer.Database.Prepare("INSERT INTO blocks VALUES (?1, ?2) ON CONFLICT DO NOTHING");

    public async ValueTask<IReadOnlyDictionary<UserId, ListenerPrivacy>> ReadAllAsync(CancellationToken cancellationToken) =>
        await reader.ReadAsync(
            () =>
            {
                var rows = new PrivacyRows();
                while (_read.Step())
                {
                    rows.Add(_read.Text(0), _read.Number(1) == 1 ? null : _read.Text(2));
                }

                _read.Reset();
                return rows.ToDictionary();
            },
            cancellationToken).ConfigureAwait(false);

    public async ValueTask SaveAsync(UserId user, ListenerPrivacy privacy, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(user.Value);
        ArgumentNullException.ThrowIfNull(privacy);
        await writer.WriteAsync(
            () =>
            {
                var number = writer.Users.GetOrAdd(user.Value);
                _ = _show.Bind(1, number).Run();
                _ = _unblock.Bind(1, number).Run();
                if (privacy.IsInvisible)
                {
                    _ = _hide.Bind(1, number).Run();
                }

                foreach (var other in privacy.Blocked)
                {
                    _ = _block.Bind(1, number).Bind(2, writer.Users.GetOrAdd(other.Value)).Run();
                }
            },
            cancellationToken).ConfigureAwait(false);
    }
}
