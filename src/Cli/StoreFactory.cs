using System.CommandLine;
using Buddies.Storage;
using Buddies.Storage.Sqlite;

namespace Buddies.Cli;

/// <summary>Opens the store that the command line names.</summary>
internal static class StoreFactory
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    private const string SqliteFile = "buddies.db";

    public static async Task<IStore> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        parsed.GetRequiredValue(CommonOptions.Store) == Sqlite
            ? await SqliteStore.OpenAsync(Path.Combine(parsed.GetRequiredValue(CommonOptions.Data), SqliteFile), cancellationToken: cancellationToken)
            : throw new UsageException("--store postgres is not yet available in this tool; use --store sqlite.");
}
