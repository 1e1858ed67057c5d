namespace Buddies.Storage.Sqlite;

/// <summary>Writes the rows that only an import has: friendships, and the record that it took place.</summary>
internal sealed class ImportRows(SqliteWriter writer, TimeProvider clock)
{
    private readonly SqliteStatement _friendship = writer.Database.Prepare(
        "INSERT INTO friendships (first_no, second_no) VALUES (?1, ?2) ON CONFLICT DO NOTHING");

    private readonly SqliteStatement _record = writer.Database.Prepare(
        "INSERT INTO imports (source, at, tracks, playlists, events, friendships) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

    /// <returns>0 when they are friends already, else 1.</returns>
    public int AddFriendship(long firstNumber, long secondNumber) =>
        _friendship.Bind(1, firstNumber).Bind(2, secondNumber).Run();

    public void Record(string source, (long Tracks, long Playlists, long Events, long Friendships) counts) => _record
        .Bind(1, source)
        .Bind(2, clock.GetUtcNow().ToUnixTimeMilliseconds())
        .Bind(3, counts.Tracks)
        .Bind(4, counts.Playlists)
        .Bind(5, counts.Events)
        .Bind(6, counts.Friendships)
        .Run();
}
