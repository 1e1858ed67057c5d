namespace Buddies.Storage.Sqlite;

/// <summary>Settings in SQLite.</summary>
internal sealed class SqliteSettingStore(SqliteWriter writer, SqliteReader reader) : ISettingStore
{
    private readonly SqliteStatement _get = reader.Database.Prepare("SELECT value FROM settings WHERE name = ?1");

    private readonly SqliteStatement _set = writer.Database.Prepare(
        "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value");

    private readonly SqliteStatement _add = writer.Database.Prepare("INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING");

    private readonly SqliteStatement _exchange = writer.Database.Prepare("UPDATE settings SET value = ?3 WHERE name = ?1 AND value = ?2");

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

    public async ValueTask<bool> TrySetAsync(
        string name, string? expected, string value, IReadOnlyDictionary<string, string> others, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(others);
        return await writer.WriteAsync(
            () =>
            {
                if ((expected is null ? _add.Bind(1, name).Bind(2, value) : _exchange.Bind(1, name).Bind(2, expected).Bind(3, value)).Run() == 0)
                {
                    return false;
                }

                foreach (var (other, text) in others)
                {
                    _set.Bind(1, other).Bind(2, text).Run();
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }
}
