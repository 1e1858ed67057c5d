using Buddies.Engine.Doorman;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Grains.Tests.Contract;
using Buddies.Grains.Tests.Metrics;
using Buddies.Grains.World;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Doorman;

/// <summary>The doorman of three silos: what operators ask through any of them, and what all of them then serve.</summary>
public sealed class DoormanTests : IAsyncLifetime
{
    private static readonly HomeRequest s_request = new(6, 20, []);

    private readonly ClusterHarness _silos = ClusterHarness.Of(3);
    private int _eventNumber;

    public Task InitializeAsync() => _silos.StartAsync();

    public async Task DisposeAsync() => await _silos.DisposeAsync();

    [Fact]
    public async Task Promote_ThroughOneSilo_ServesOnAll_AndTheJournalTellsTheWay()
    {
        using var readings = new MeterReadings(_silos);
        var second = await SwapWorld.TrainAsync(_silos, 2);
        Assert.False((await SwapWorld.AskAsync(_silos, Api.DoormanAction.Promote, second, through: 1)).IsAccepted, "it was not validated");
        await SwapWorld.LetInAsync(_silos, second);
        await SwapWorld.UntilServesAsync(_silos, second, 3);
        await SwapWorld.AssertPlacesAsync(_silos, second);
        var view = await _silos.DoormanThrough(2).ReadAsync(default);
        Assert.Equal((second, second, 2), (view.Record.Current, view.Serving, view.Models.Count));
        var journal = await _silos.DoormanThrough(1).ReadJournalAsync(0, 100, default);
        Assert.Equal(
            [JournalAction.Validated, JournalAction.Preparing, JournalAction.Ready, JournalAction.Current],
            journal.Where(entry => entry.Version == second && entry.Action != JournalAction.Registered).Select(entry => entry.Action));

        // Each silo tells how long it prepared, one of them how long the flip took everywhere; who holds what is heard of all.
        await SwapWorld.UntilAsync(_silos, _ => readings.Of("buddies.swap.flip.duration").Sum() == 1);
        Assert.Equal([1, 1, 1], readings.Of("buddies.swap.prepare.duration"));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await _silos.DoormanThrough(0).ReadAsync(default)).Readers.GetValueOrDefault(second.Value) < 3)
        {
            Assert.False(patience.IsCancellationRequested, "not all silos have said that they hold it");
        }
    }

    [Fact]
    public async Task Promote_DamagedVersion_IsRejectedWithTheReason_AndTheCurrentOneServesOn()
    {
        using var readings = new MeterReadings(_silos);
        var second = await SwapWorld.TrainAsync(_silos, 2);
        Assert.True((await SwapWorld.AskAsync(_silos, Api.DoormanAction.Validate, second)).IsAccepted);
        var folder = (await _silos.Store.Models.ListAsync(default)).Single(model => model.Version == second).Folder;
        var path = Path.Combine(_silos.Directory, "snapshots", folder, "track-factors.f32");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        await SwapWorld.AskAsync(_silos, Api.DoormanAction.Promote, second);
        await SwapWorld.UntilAsync(_silos, record => record.Find(second)!.State == VersionState.Rejected);
        var record = await _silos.Store.Doorman.ReadAsync(default);
        Assert.Contains("track-factors", Assert.Single(record.Find(second)!.Reasons), StringComparison.Ordinal);
        Assert.Equal(SwapWorld.First, (await _silos.Recommender.HomeAsync(SwapWorld.Listeners[1], s_request, default)).Version);
        await SwapWorld.UntilAsync(_silos, _ => readings.Of("buddies.swap.aborted").Sum() == 1);
    }

    [Fact]
    public async Task Validate_WhatTheGatesRefuse_IsRejected()
    {
        var options = new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 2, Threads = 1, Seed = 2 } };
        var second = (await ModelTrainer.TrainAsync(_silos.Store, _silos.Directory, options, null, TimeProvider.System, default)).Model.Version;
        var answer = await SwapWorld.AskAsync(_silos, Api.DoormanAction.Validate, second);
        Assert.False(answer.IsAccepted);
        Assert.Contains("was not measured", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Canary_ServesItsBucket_ThroughAnySilo_UntilItIsRejected()
    {
        var second = await SwapWorld.TrainAsync(_silos, 2);
        Assert.True((await SwapWorld.AskAsync(_silos, Api.DoormanAction.Validate, second)).IsAccepted);
        Assert.True((await SwapWorld.AskAsync(_silos, Api.DoormanAction.Canary, second, 40)).IsAccepted);
        await SwapWorld.UntilAsync(_silos, record => record.Canary?.Version == second);
        await ListenAsync();
        await AssertVersionsAsync(user => CanaryBucket.Holds(user, 40) ? second : SwapWorld.First);
        await SwapWorld.AssertPlacesAsync(_silos, second);
        await SwapWorld.AssertPlacesAsync(_silos, SwapWorld.First);
        Assert.True((await SwapWorld.AskAsync(_silos, Api.DoormanAction.Reject, second, through: 2)).IsAccepted);
        await SwapWorld.UntilAsync(_silos, record => record.Canary is null);
        await AssertVersionsAsync(_ => SwapWorld.First);
    }

    [Fact]
    public async Task Rollback_GoesBack_WithWhatWasHeardSince()
    {
        var second = await SwapWorld.TrainAsync(_silos, 2);
        await SwapWorld.LetInAsync(_silos, second);
        await SwapWorld.UntilServesAsync(_silos, second, 3);
        await ListenAsync();
        Assert.True((await SwapWorld.AskAsync(_silos, Api.DoormanAction.Rollback, null, through: 1)).IsAccepted);
        await SwapWorld.UntilServesAsync(_silos, SwapWorld.First, 3);
        await AssertVersionsAsync(_ => SwapWorld.First);
        await SwapWorld.AssertPlacesAsync(_silos, SwapWorld.First);
    }

    [Fact]
    public async Task Listening_WhileAVersionIsPrepared_IsInItAfterwards()
    {
        var second = await SwapWorld.TrainAsync(_silos, 2);
        Assert.True((await SwapWorld.AskAsync(_silos, Api.DoormanAction.Validate, second)).IsAccepted);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _silos.StoreOf(1).BeforePrepare = held.Task;
        Assert.True((await SwapWorld.AskAsync(_silos, Api.DoormanAction.Promote, second)).IsAccepted);
        while (!_silos.Get<SiloWorld>(0).Plan.All.Any(version => version.Number == second && version.IsPrepared))
        {
            await Task.Yield();
        }

        // The first silo has the version, the second does not know it yet: what its listeners do must get there all the same.
        await ListenAsync();
        held.SetResult();
        await SwapWorld.UntilServesAsync(_silos, second, 3);
        await SwapWorld.AssertPlacesAsync(_silos, second);
    }

    [Fact]
    public async Task ASiloThatJoins_ServesWhatTheOthersServe_FromItsFirstAnswer()
    {
        var second = await SwapWorld.TrainAsync(_silos, 2);
        await SwapWorld.LetInAsync(_silos, second);
        await SwapWorld.UntilServesAsync(_silos, second, 3);
        await _silos.Cluster.StartAdditionalSiloAsync();
        Assert.Equal(second, _silos.Get<SiloWorld>(3).Version);
        Assert.Contains(SwapWorld.MemberOf(_silos, 3), (await _silos.Store.Doorman.ReadAsync(default)).Nodes);
        await _silos.Cluster.WaitForLivenessToStabilizeAsync();
        var third = await SwapWorld.TrainAsync(_silos, 3);
        await SwapWorld.LetInAsync(_silos, third);
        await SwapWorld.UntilServesAsync(_silos, third, 4);
        await SwapWorld.AssertPlacesAsync(_silos, third);
    }

    [Fact]
    public async Task ASiloStopped_LeavesTheRecord_WithNothingToFence()
    {
        var left = SwapWorld.MemberOf(_silos, 2);
        await _silos.Cluster.StopSiloAsync(_silos.Cluster.Silos[2]);
        var record = await _silos.Store.Doorman.ReadAsync(default);
        Assert.DoesNotContain(left, record.Nodes);
        Assert.Empty(record.Fencing);
    }

    [Fact]
    public async Task ASiloCutOffFromTheStore_HearsOfTheSwapFromTheOthers_AndServesOn()
    {
        _silos.StoreOf(2).IsCut = true;
        var second = await SwapWorld.TrainAsync(_silos, 2);
        await SwapWorld.LetInAsync(_silos, second);
        await SwapWorld.UntilServesAsync(_silos, second, 3);
        await AssertVersionsAsync(_ => second);
    }

    [Fact]
    public async Task TheStoreLostByAll_EverySiloServesOn_LongerThanItsLease()
    {
        for (var silo = 0; silo < 3; silo++)
        {
            _silos.StoreOf(silo).IsCut = true;
        }

        var (world, began) = (_silos.Get<SiloWorld>(0), TimeProvider.System.GetTimestamp());
        while (TimeProvider.System.GetElapsedTime(began) < world.Options.ServingLease * 1.5)
        {
            await AssertVersionsAsync(_ => SwapWorld.First);
        }
    }

    private async Task AssertVersionsAsync(Func<UserId, SnapshotVersion> expected)
    {
        foreach (var (user, i) in SwapWorld.Listeners.Select((user, i) => (user, i)))
        {
            Assert.Equal(expected(user), (await _silos.Through(i % _silos.Cluster.Silos.Count).HomeAsync(user, s_request, default)).Version);
        }
    }

    /// <summary>Everybody likes something.</summary>
    private async Task ListenAsync() => await _silos.Recommender.IngestAsync(
        [.. SwapWorld.Listeners.Select((user, i) => new UserEvent(
            new EventId($"likes-{++_eventNumber}"), user, EventKind.Like, SyntheticWorld.TrackId(i), null, null, null, DateTimeOffset.UtcNow))],
        new IngestTerms("p"),
        default);
}
