using Buddies.Engine.Events;
using Buddies.Engine.Serving;

namespace Buddies.Embedded.Tests;

/// <summary>Who waits for what: producers for each other, the log for the partitions, a caller for the effects.</summary>
public sealed class FlowTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Ingest_AGreedyProducer_DoesNotKeepAnotherOut()
    {
        await using var world = await TestWorld.StartAsync(directory => new EmbeddedOptions { DataDirectory = directory, Partitions = 2, MaxPendingEvents = 5000 });
        var (begun, goOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        world.Store.BeforeAppend = () =>
        {
            begun.TrySetResult();
            return goOn.Task;
        };
        var (greedy, modest) = (TestWorld.Listener(0), TestWorld.Listener(1));
        var first = await world.Store.CountAsync(default);
        var sent = new List<Task> { SendAsync("greedy", Listens(greedy, 500)) };
        await begun.Task.WaitAsync(s_patience);
        for (var i = 0; i < 9; i++)
        {
            sent.Add(SendAsync("greedy", Listens(greedy, 500)));
        }

        await Assert.ThrowsAsync<RecommenderBusyException>(() => SendAsync("greedy", Listens(greedy, 500)));
        sent.Add(SendAsync("modest", Listens(modest, 500)));
        goOn.SetResult();
        await Task.WhenAll(sent).WaitAsync(s_patience);

        // The first batch is a group of its own; of the rest one turn at most comes before the modest one.
        var users = new List<string>();
        await foreach (var logged in world.Store.ReadAsync(0, default))
        {
            users.Add(logged.Event.User.Value);
        }

        var added = users[(int)first..];
        Assert.Equal(5500, added.Count);
        Assert.True(added.IndexOf(modest.Value) < added.Count - 500, "the modest producer came last of all");

        async Task SendAsync(string producer, UserEvent[] events) => await world.Runtime.IngestAsync(events, new IngestTerms(producer), default);

        UserEvent[] Listens(Engine.Identifiers.UserId user, int count) =>
            [.. Enumerable.Range(0, count).Select(i => world.Event(user, EventKind.Listen, TestWorld.Track(i % 50)))];
    }

    [Fact]
    public async Task Ingest_PartitionsThatStand_LeaveTheLogWaiting_AndNothingIsLost()
    {
        await using var world = await TestWorld.StartAsync(directory => new EmbeddedOptions { DataDirectory = directory, Partitions = 1, MaxPendingEvents = 100 });
        var user = TestWorld.Listener(2);
        var (before, first) = (await world.EventCountAsync(user), await world.Store.CountAsync(default));
        using var goOn = new ManualResetEventSlim();
        await world.Runtime.OwnerOf(user).PostAsync(_ => goOn.Wait(s_patience), default);
        await world.SendAsync(Likes(world, user, 60));
        await world.SendAsync(Likes(world, user, 60));
        Assert.Equal(120, world.Runtime.UnappliedEvents);
        var third = world.SendAsync(Likes(world, user, 60));
        await LiveReader.UntilAsync(() => world.Runtime.PendingEvents == 60, "the third batch is not in line");
        await Assert.ThrowsAsync<RecommenderBusyException>(() => world.SendAsync(Likes(world, user, 60)));
        Assert.Equal(first + 120, await world.Store.CountAsync(default));
        Assert.False(third.IsCompleted);
        goOn.Set();
        await third.WaitAsync(s_patience);
        Assert.Equal(before + 180, await world.EventCountAsync(user));
        Assert.Equal((0, 0), (world.Runtime.PendingEvents, world.Runtime.UnappliedEvents));
    }

    [Fact]
    public async Task Ingest_WaitingForTheEffect_IsAnsweredWhenItCanBeRead()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(3);
        using var goOn = new ManualResetEventSlim();
        await world.Runtime.OwnerOf(user).PostAsync(_ => goOn.Wait(s_patience), default);
        var durable = await world.Runtime.IngestAsync(Likes(world, user, 1), new IngestTerms("p"), default);
        Assert.Equal(new IngestResult(1, 0), durable);
        var applied = world.Runtime.IngestAsync(Likes(world, user, 3), new IngestTerms("p", TimeSpan.FromSeconds(5)), default).AsTask();
        await LiveReader.UntilAsync(() => world.Runtime.UnappliedEvents == 4, "the batch is not durable");
        Assert.False(applied.IsCompleted);
        var seen = world.Runtime.Status.EventsApplied;
        goOn.Set();
        Assert.Equal(new IngestResult(3, 0, IsApplied: true), await applied.WaitAsync(s_patience));
        Assert.Equal(seen + 4, world.Runtime.Status.EventsApplied);
    }

    [Fact]
    public async Task Ingest_WaitingTooLongForTheEffect_SaysSo_AndTheEffectComesLater()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(4);
        var before = await world.EventCountAsync(user);
        using var goOn = new ManualResetEventSlim();
        await world.Runtime.OwnerOf(user).PostAsync(_ => goOn.Wait(s_patience), default);
        var waiting = world.Runtime.IngestAsync(Likes(world, user, 3), new IngestTerms("p", TimeSpan.FromSeconds(5)), default).AsTask();
        await LiveReader.UntilAsync(
            () =>
            {
                world.Time.Advance(TimeSpan.FromSeconds(5));
                return waiting.IsCompleted;
            },
            "the wait does not end");
        Assert.Equal(new IngestResult(3, 0, IsApplied: false), await waiting);
        goOn.Set();
        Assert.Equal(before + 3, await world.EventCountAsync(user));
    }

    [Fact]
    public async Task Ingest_ManyBatchesBehindEachOther_MoveTheListenerToWhatItsFactsSay()
    {
        await using var world = await TestWorld.StartAsync();
        var users = Enumerable.Range(10, 20).Select(TestWorld.Listener).ToArray();
        using var goOn = new ManualResetEventSlim();
        foreach (var partition in world.Runtime.Partitions)
        {
            await partition.PostAsync(_ => goOn.Wait(s_patience), default);
        }

        var random = new Random(3);
        for (var batch = 0; batch < 15; batch++)
        {
            await world.SendAsync([.. users.Select(user => world.Event(user, EventKind.Listen, TestWorld.Track(random.Next(100))))]);
        }

        goOn.Set();
        var model = world.Runtime.Model!;
        var system = new Engine.Taste.FoldInSystem(model.Dimension);
        var expected = new float[model.Dimension];
        foreach (var user in users)
        {
            var unit = await world.UnitAsync(user);
            Engine.Taste.LiveTaste.Derive(world.Runtime.Users.Find(user)!.Facts, model, system, expected);
            Engine.Vectors.VectorKernels.Normalize(expected);
            var distance = System.Numerics.Tensors.TensorPrimitives.Distance<float>(unit, expected);
            Assert.True(distance <= TestWorld.RoundingOf(model.Dimension), $"{user} is {distance} away from its facts");
        }
    }

    [Fact]
    public async Task Ingest_AnEventFromLongAgo_IsKeptAndHardlyWeighs()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(5);
        var (before, unit) = (await world.EventCountAsync(user), await world.UnitAsync(user));
        var late = world.Event(user, EventKind.Listen, TestWorld.Track(99)) with { OccurredAt = EventRules.Earliest };
        Assert.Null(EventRules.FindError(late, world.Time.GetUtcNow()));
        await world.SendAsync(late);
        Assert.Equal(before + 1, await world.EventCountAsync(user));
        var after = await world.UnitAsync(user);
        var distance = System.Numerics.Tensors.TensorPrimitives.Distance<float>(unit, after);
        Assert.True(distance < 0.05, $"a play of 1990 moved the listener by {distance}");
        var again = await world.Runtime.IngestAsync([late], default);
        Assert.Equal((0, 1), (again.Accepted, again.Duplicates));
        await world.CrashAsync();
        Assert.Equal(before + 1, await world.EventCountAsync(user));
    }

    private static UserEvent[] Likes(TestWorld world, Engine.Identifiers.UserId user, int count) =>
        [.. Enumerable.Range(0, count).Select(i => world.Event(user, EventKind.Like, TestWorld.Track(i)))];
}
