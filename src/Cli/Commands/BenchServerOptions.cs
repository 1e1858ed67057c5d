using System.CommandLine;
using Buddies.Storage;

namespace Buddies.Cli.Commands;

/// <summary>The options of benchmarks that start a server.</summary>
internal static class BenchServerOptions
{
    /// <summary>Where the server is.</summary>
    public static readonly Option<string?> Server = new("--server")
    {
        Description = "The built server, Buddies.Api.dll; when absent beside the tool, else in the build output of src/Api.",
        HelpName = "PATH",
    };

    /// <summary>Where the stores lie.</summary>
    public static readonly Option<string?> Work = new("--work")
    {
        Description = "Where the store lies while it is measured, removed afterwards; bench in the data directory when absent.",
        HelpName = "DIR",
    };

    public static string WorkOf(ParseResult parsed) =>
        parsed.GetValue(Work) ?? Path.Combine(parsed.GetRequiredValue(CommonOptions.Data), "bench");

    /// <summary>The PostgreSQL to make a database in; null for a private one.</summary>
    /// <exception cref="UsageException">There is a connection string, and the store is another.</exception>
    public static string? ConnectionOf(ParseResult parsed)
    {
        var isPostgres = parsed.GetRequiredValue(CommonOptions.Store) == StoreChoice.Postgres;
        var given = parsed.GetValue(CommonOptions.Connection);
        return isPostgres || given is null
            ? given ?? (isPostgres ? Environment.GetEnvironmentVariable(StoreChoice.ConnectionVariable) : null)
            : throw new UsageException($"--connection is for --store {StoreChoice.Postgres}.");
    }
}
