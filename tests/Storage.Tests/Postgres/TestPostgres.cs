namespace Buddies.Storage.Tests.Postgres;

/// <summary>The PostgreSQL of this test run: the one that BUDDIES_TEST_CONNECTION names, or one private server for all tests.</summary>
internal static class TestPostgres
{
    private static readonly string? s_given = Environment.GetEnvironmentVariable("BUDDIES_TEST_CONNECTION");
    private static readonly Lazy<Task<string>> s_connection = new(StartAsync);

    /// <summary>Why there is none; null where there is.</summary>
    public static string? WhyNot { get; } = s_given is not null || PostgresBinaries.Folder is not null
        ? null
        : "NOT TESTED: there is no PostgreSQL here. Install one (initdb and postgres on the path or below /usr/lib/postgresql), or give a connection string in BUDDIES_TEST_CONNECTION.";

    /// <summary>Why there is no private server, for tests that kill theirs; null where there can be one.</summary>
    public static string? WhyNoPrivate { get; } = PostgresBinaries.Folder is not null
        ? null
        : "NOT TESTED: no PostgreSQL is installed here that a test could start and kill (initdb and postgres on the path or below /usr/lib/postgresql).";

    /// <summary>A connection string whose role may make schemas.</summary>
    public static Task<string> ConnectionAsync() => s_connection.Value;

    private static async Task<string> StartAsync()
    {
        if (s_given is not null)
        {
            return s_given;
        }

        var server = await PrivatePostgres.StartAsync(fsync: false);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait();
        return server.ConnectionString;
    }
}

/// <summary>A fact that needs a PostgreSQL, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = TestPostgres.WhyNot;
}

/// <summary>A fact that needs a PostgreSQL of its own to kill.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrivatePostgresFactAttribute : FactAttribute
{
    public PrivatePostgresFactAttribute() => Skip = TestPostgres.WhyNoPrivate;
}
