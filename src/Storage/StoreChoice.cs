using Buddies.Storage.Postgres;
using Buddies.Storage.Sqlite;

namespace Buddies.Storage;

/// <summary>Which store to open: what server and tool understand by <c>--data</c>, <c>--store</c> and <c>--connection</c>.</summary>
/// <param name="Kind"><see cref="Sqlite"/> or <see cref="Postgres"/>.</param>
/// <param name="DataDirectory">Where the SQLite file lies; models lie there with either store.</param>
/// <param name="Connection">PostgreSQL's connection string, as Npgsql reads it.</param>
public sealed record StoreChoice(string Kind, string DataDirectory, string? Connection)
{
    /// <summary>One file in the data directory.</summary>
    public const string Sqlite = "sqlite";

    /// <summary>A PostgreSQL server.</summary>
    public const string Postgres = "postgres";

    /// <summary>The environment variable that gives a connection string which need not stand on a command line.</summary>
    public const string ConnectionVariable = "BUDDIES_CONNECTION";

    /// <summary>What is wrong with the choice; null where nothing is.</summary>
    public string? FindError() => Kind switch
    {
        Sqlite when Connection is not null => $"--connection is for --store {Postgres}; the store is {Sqlite}.",
        Sqlite => null,
        Postgres when string.IsNullOrWhiteSpace(Connection) =>
            $"--store {Postgres} needs a connection string: --connection 'Host=…;Username=…;Database=…', or the environment variable {ConnectionVariable}.",
        Postgres => null,
        _ => $"--store: expected {Sqlite} or {Postgres}, got '{Kind}'.",
    };

    /// <summary>Opens the store, making it where it is missing.</summary>
    /// <param name="clock">The clock that stamps what is kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The choice has an error.</exception>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public async Task<IStore> OpenAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        if (FindError() is { } error)
        {
            throw new InvalidOperationException(error);
        }

        return Kind == Sqlite
            ? await SqliteStore.OpenAsync(
                Path.Combine(DataDirectory, "buddies.db"), new SqliteStoreOptions { Clock = clock }, cancellationToken).ConfigureAwait(false)
            : await PostgresStore.OpenAsync(
                Connection!, new PostgresStoreOptions { Clock = clock }, cancellationToken).ConfigureAwait(false);
    }
}
