using Buddies.Storage;

namespace Buddies.Cli.Server;

/// <summary>Which server to start, on what.</summary>
/// <param name="ServerPath">The server's assembly.</param>
/// <param name="Store">The store and the data directory.</param>
/// <param name="Options">Further options of the server's command line.</param>
internal sealed record ServerLaunch(string ServerPath, StoreChoice Store, params string[] Options)
{
    /// <summary>Settings that the command line does not have, by the names of environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
