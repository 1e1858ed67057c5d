namespace Buddies.Storage.Sqlite;

/// <summary>Settings in SQLite.</summary>
internal sealed class SqliteSettingStore(SqliteWriter writer, SqliteReader reader) : ISettingStore
{
    private readonly SqliteStatement _get = reader.Database.Prepare("SELECT value FROM settings WHERE name = ?1");

    private readonly SqliteStatement _set = writer.Database.Prepare(
        "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value");

    public async ValueTask<string?> GetAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return await reader.ReadAsync(
            () =>
            {
                var value = _get.Bind(1, name).Step() ? _get.Text(0) : null;
                _get.Reset();
                return value;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask SetAsync(string name, string value, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        await writer.WriteAsync(() => _set.Bind(1, name).Bind(2, value).Run(), cancellationToken).ConfigureAwait(false);
    }
}
