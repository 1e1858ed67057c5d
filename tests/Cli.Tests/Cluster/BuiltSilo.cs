using Buddies.Cli.Postgres;
using Buddies.Cli.Server;

namespace Buddies.Cli.Tests.Cluster;

/// <summary>The silo that lies in the build output of the sources; these tests do not build it, for they need no Orleans themselves.</summary>
internal static class BuiltSilo
{
    /// <summary>Where it is; null where it was not built.</summary>
    public static string? FilePath { get; } = Find();

    private static string? Find()
    {
        try
        {
            return ServerLocation.FindSilo(null);
        }
        catch (UsageException)
        {
            return null;
        }
    }
}

/// <summary>A fact that starts silos over a PostgreSQL of its own; says so where one of the two is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SilosFactAttribute : FactAttribute
{
    public SilosFactAttribute() => Skip = PostgresBinaries.Folder is null
        ? "NOT TESTED: no PostgreSQL is installed here that a test could start (initdb and postgres on the path or below /usr/lib/postgresql)."
        : BuiltSilo.FilePath is null ? "NOT TESTED: src/Silo is not built here (it needs the Orleans packages)." : null;
}
