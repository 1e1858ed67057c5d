using Buddies.Cli.Postgres;

namespace Buddies.Cli.Tests;

/// <summary>The server that was built with these tests.</summary>
internal static class BuiltServer
{
    public static string FilePath { get; } = Path.Combine(AppContext.BaseDirectory, "Buddies.Api.dll");
}

/// <summary>A fact that kills processes with signals; says so where there are none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SignalsFactAttribute : FactAttribute
{
    public SignalsFactAttribute() => Skip = OperatingSystem.IsWindows() ? "NOT TESTED: there is no kill -9 on Windows." : null;
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SignalsTheoryAttribute : TheoryAttribute
{
    public SignalsTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? "NOT TESTED: there is no kill -9 on Windows." : null;
}

/// <summary>A fact that needs a PostgreSQL of its own to kill; says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrivatePostgresFactAttribute : FactAttribute
{
    public PrivatePostgresFactAttribute() => Skip = PostgresBinaries.Folder is null
        ? "NOT TESTED: no PostgreSQL is installed here that a test could start and kill (initdb and postgres on the path or below /usr/lib/postgresql)."
        : null;
}
