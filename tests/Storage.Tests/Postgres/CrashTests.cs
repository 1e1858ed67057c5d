using System.Collections.Concurrent;
using Buddies.Storage.Postgres;
using Buddies.Storage.Tests.Contracts;

namespace Buddies.Storage.Tests.Postgres;

/// <summary>A PostgreSQL that is killed with SIGKILL in the middle of the load, and comes back.</summary>
public sealed class CrashTests
{
    private const int Seed = 20260301;
    private const int Producers = 8;

    [PrivatePostgresFact]
    public async Task Append_ServerKilledAndRestarted_KeepsEveryAcknowledgedEventOnceAndGoesOn()
    {
        await using var server = await PrivatePostgres.StartAsync(fsync: true);
        await using var store = await PostgresStore.OpenAsync(server.ConnectionString);
        var random = new Random(Seed);
        var acknowledged = new ConcurrentDictionary<string, long>();
        var failures = new ConcurrentQueue<Exception>();
        using var stop = new CancellationTokenSource();
        var producers = Enumerable.Range(0, Producers)
            .Select(producer => Task.Run(() => ProduceAsync(store, producer, acknowledged, failures, stop.Token))).ToArray();

        for (var round = 0; round < 4; round++)
        {
            var before = acknowledged.Count;
            await UntilAsync(() => acknowledged.Count > before + random.Next(1, 2000), $"seed {Seed}, round {round}: nothing is acknowledged");
            await server.KillAsync();
            var failed = failures.Count;
            await UntilAsync(() => failures.Count > failed, $"seed {Seed}, round {round}: a server that is gone made nobody fail");
            await server.StartAsync();
        }

        // By itself, without a new store.
        var last = acknowledged.Count;
        await UntilAsync(() => acknowledged.Count > last + 500, "the store has not come back");
        await stop.CancelAsync();
        await Task.WhenAll(producers);

        Assert.All(failures, e => Assert.IsType<StoreException>(e));
        var logged = new Dictionary<string, long>();
        var offset = 0L;
        await foreach (var e in store.Events.ReadAsync(0, default))
        {
            Assert.True(e.Offset > offset, $"offset {e.Offset} after {offset}");
            offset = e.Offset;
            Assert.True(logged.TryAdd(e.Event.Id.Value, e.Offset), $"seed {Seed}: {e.Event.Id} is doubled");
        }

        var lost = acknowledged.Where(a => !logged.ContainsKey(a.Key)).ToArray();
        Assert.True(lost.Length == 0, $"seed {Seed}: of {acknowledged.Count} acknowledged events {lost.Length} are lost, such as {lost.FirstOrDefault().Key}");
        Assert.All(acknowledged.Where(a => a.Value > 0), a => Assert.Equal(logged[a.Key], a.Value));

        // Every batch was sent until it was acknowledged, so nothing else can be there.
        Assert.Equal(acknowledged.Count, logged.Count);
    }

    [PrivatePostgresFact]
    public async Task EveryCall_WhileTheServerIsAway_FailsSoonAndWorksAfterwards()
    {
        await using var server = await PrivatePostgres.StartAsync(fsync: false);
        await using var store = await PostgresStore.OpenAsync(server.ConnectionString);
        await store.Events.AppendAsync([Sample.Listen("u", "1")], default);
        await store.Settings.SetAsync("a", "b", default);
        await server.KillAsync();

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.Events.AppendAsync([Sample.Listen("u", "2")], default).AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains("PostgreSQL", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreException>(async () => await store.Settings.SetAsync("a", "c", default));
        await Assert.ThrowsAsync<StoreException>(async () => await store.Settings.GetAsync("a", default));
        await Assert.ThrowsAsync<StoreException>(async () => await store.BeginImportAsync("test", default));
        await Assert.ThrowsAsync<StoreException>(async () => await store.EraseAsync(new("u"), default));

        await server.StartAsync();
        Assert.Equal("b", await store.Settings.GetAsync("a", default));
        Assert.True((await store.Events.AppendAsync([Sample.Listen("u", "2")], default))[0] > 0);
        Assert.Equal(2, await store.Events.CountAsync(default));
    }

    [PrivatePostgresFact]
    public async Task EveryCall_AfterARestartThatNobodySaw_WorksAtOnce()
    {
        await using var server = await PrivatePostgres.StartAsync(fsync: false);
        await using var store = await PostgresStore.OpenAsync(server.ConnectionString);
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await store.Events.AppendAsync([Sample.Listen("u", $"{i}")], default))[0] > 0);
            Assert.Equal(i + 1, await store.Events.CountAsync(default));
            await server.KillAsync();
            await server.StartAsync();
        }
    }

    private static async Task ProduceAsync(
        PostgresStore store, int producer, ConcurrentDictionary<string, long> acknowledged, ConcurrentQueue<Exception> failures, CancellationToken stop)
    {
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            var events = Enumerable.Range(0, 1 + (producer * 7 % 23))
                .Select(i => Sample.Listen($"u{i % 5}", $"{producer}-{batch}-{i}", $"t{batch % 100}")).ToArray();
            for (var isAcknowledged = false; !isAcknowledged;)
            {
                try
                {
                    var offsets = await store.Events.AppendAsync(events, default);
                    for (var i = 0; i < events.Length; i++)
                    {
                        acknowledged[events[i].Id.Value] = offsets[i];
                    }

                    isAcknowledged = true;
                }
                catch (Exception e)
                {
                    failures.Enqueue(e);
                    await Task.Delay(20, CancellationToken.None);
                }
            }
        }
    }

    private static async Task UntilAsync(Func<bool> isTrue, string otherwise)
    {
        for (var i = 0; !isTrue(); i++)
        {
            Assert.True(i < 3000, otherwise);
            await Task.Delay(10);
        }
    }
}
