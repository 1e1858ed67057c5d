using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded.Tests;

/// <summary>A damaged checkpoint falls back to the one before, and the log says so; a lost answer of the store loses nothing.</summary>
public sealed class CheckpointFallbackTests
{
    /// <summary>Damages the newest of everybody's two checkpoints, and takes away what the one before it makes needless.</summary>
    private const string Damage = """
        UPDATE checkpoints SET state = zeroblob(20) WHERE (user_no, revision) IN
            (SELECT user_no, max(revision) FROM checkpoints GROUP BY user_no HAVING count(*) = 2);
        DELETE FROM events WHERE offset <=
            (SELECT min(c.offset) FROM checkpoints c WHERE c.user_no = events.user_no GROUP BY c.user_no HAVING count(*) = 2)
        """;

    [Fact]
    public async Task Start_NewestCheckpointsDamaged_GoesOnFromTheOnesBeforeAndSaysSo()
    {
        await using var world = await TestWorld.StartAsync();
        var users = Enumerable.Range(0, 5).Select(TestWorld.Listener).ToArray();
        await LikeAsync(world, users, first: 0);
        await world.RestartAsync();
        await LikeAsync(world, users, first: 20);
        await world.RestartAsync();
        await LikeAsync(world, users, first: 40);
        var before = new List<string>();
        foreach (var user in users)
        {
            before.Add(await world.FactsAsync(user));
        }

        await world.Runtime.DisposeAsync();
        Assert.True(Execute(Path.Combine(world.Directory, "buddies.db"), Damage) > 0, "nothing was damaged");
        var log = new ListLogger();
        await using var runtime = new EmbeddedRuntime(world.Store, TestWorld.DefaultOptions(world.Directory), world.Time, null, log);
        await runtime.StartAsync(default);

        Assert.Equal(before, users.Select(user => TestWorld.Describe(runtime.Users.Find(user)!.Facts, runtime.Catalogue)));
        Assert.Contains(log.Lines, line => line.StartsWith("5 checkpoints are damaged: 5 listeners fall back to the one before, 0", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("are lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ingest_CommitWhoseAnswerWasLost_IsAppliedOnceWhenItIsSentAgain()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(0);
        var before = await world.EventCountAsync(user);
        var events = Enumerable.Range(0, 5).Select(i => world.Event(user, EventKind.Like, TestWorld.Track(i))).ToArray();

        world.Store.AfterAppend = HookedStore.Gone;
        await Assert.ThrowsAsync<Buddies.Engine.Serving.RecommenderUnavailableException>(() => world.SendAsync(events));
        world.Store.AfterAppend = null;
        Assert.Equal(before, await world.EventCountAsync(user));

        // Nothing new: the store knows them all, the partitions do not.
        var result = await world.Runtime.IngestAsync(events, default);
        Assert.Equal((0, 5), (result.Accepted, result.Duplicates));
        Assert.Equal(before + 5, await world.EventCountAsync(user));
        await world.SendAsync(world.Event(user, EventKind.Like, TestWorld.Track(9)));
        Assert.Equal(before + 6, await world.EventCountAsync(user));
    }

    [Fact]
    public async Task Checkpoint_WithRetention_DropsOldEventsAndKeepsFacts()
    {
        await using var world = await TestWorld.StartAsync(directory =>
            new EmbeddedOptions { DataDirectory = directory, Partitions = 2, Retention = TimeSpan.FromDays(2) });
        var user = TestWorld.Listener(3);
        var facts = await world.FactsAsync(user);
        Execute(Path.Combine(world.Directory, "buddies.db"), "UPDATE segments SET started_at = 0; INSERT INTO segments SELECT max(offset) - 9, 1 FROM events");

        // The stop's last checkpoint drops what it has made needless.
        await world.RestartAsync();

        Assert.Equal(10, await world.Store.CountAsync(default));
        Assert.True(await world.Store.DroppedThroughAsync(default) > 0);
        Assert.Equal(facts, await world.FactsAsync(user));
    }

    private static async Task LikeAsync(TestWorld world, UserId[] users, int first) => await world.SendAsync(
        [.. users.SelectMany(user => Enumerable.Range(first, 20).Select(i => world.Event(user, EventKind.Like, TestWorld.Track(i))))]);

    private static int Execute(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Fixed texts of tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteNonQuery();
    }

    private sealed class ListLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
