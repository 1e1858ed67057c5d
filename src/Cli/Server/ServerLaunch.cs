using Buddies.Storage;

namespace Buddies.Cli.Server;

/// <summary>Which server to start, on what.</summary>
/// <param name="ServerPath">The server's assembly.</param>
/// <param name="Store">The store and the data directory.</param>
/// <param name="Options">Further options of the server's command line.</param>
internal sealed record ServerLaunch(string ServerPath, StoreChoice Store, params string[] Options);
