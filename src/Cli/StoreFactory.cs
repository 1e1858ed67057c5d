using System.CommandLine;
using Buddies.Storage;

namespace Buddies.Cli;

/// <summary>Opens the store that the command line names.</summary>
internal static class StoreFactory
{
    public static async Task<IStore> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var kind = parsed.GetRequiredValue(CommonOptions.Store);
        var connection = parsed.GetValue(CommonOptions.Connection)
            ?? (kind == StoreChoice.Postgres ? Environment.GetEnvironmentVariable(StoreChoice.ConnectionVariable) : null);
        var choice = new StoreChoice(kind, parsed.GetRequiredValue(CommonOptions.Data), connection);
        return choice.FindError() is { } error
            ? throw new UsageException(error)
            : await choice.OpenAsync(TimeProvider.System, cancellationToken);
    }
}
