using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Sqlite;

/// <summary>Friendships in SQLite.</summary>
internal sealed class SqliteFriendshipStore(SqliteReader reader, int pageRows) : IFriendshipStore
{
    private readonly SqliteStatement _page = reader.Database.Prepare("""
        SELECT first_no, second_no FROM friendships
        WHERE (first_no, second_no) > (?1, ?2) ORDER BY first_no, second_no LIMIT ?3
        """);

    private readonly SqliteStatement _user = reader.Database.Prepare(IdTexts.Sql("users"));

    public IAsyncEnumerable<(UserId First, UserId Second)> ReadAsync(CancellationToken cancellationToken)
    {
        var (first, second) = (0L, 0L);
        var users = new IdTexts(_user);
        return reader.StreamAsync<(UserId, UserId)>(
            page =>
            {
                _page.Bind(1, first).Bind(2, second).Bind(3, pageRows);
                while (_page.Step())
                {
                    (first, second) = (_page.Number(0), _page.Number(1));
                    page.Add((new UserId(users[first]), new UserId(users[second])));
                }
            },
            cancellationToken);
    }
}
