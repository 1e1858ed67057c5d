using System.Numerics.Tensors;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Grains.Doorman;
using Buddies.Grains.Tests.Contract;
using Buddies.Grains.World;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Doorman;

/// <summary>More models of the small world for a cluster, and what its silos have to hold of them.</summary>
internal static class SwapWorld
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static SnapshotVersion First { get; } = new(1);

    public static UserId[] Listeners { get; } = [.. Enumerable.Range(0, Embedded.Tests.WorldTemplate.Listeners).Select(SyntheticWorld.ListenerId)];

    /// <summary>Trains and registers one more version, of another seed: its vectors have nothing to do with the others'.</summary>
    public static async Task<SnapshotVersion> TrainAsync(ClusterHarness silos, int seed)
    {
        var options = new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 4, Threads = 1, Seed = seed }, Holdout = new HoldoutOptions() };
        return (await ModelTrainer.TrainAsync(silos.Store, silos.Directory, options, null, TimeProvider.System, default)).Model.Version;
    }

    /// <summary>Asks as an operator does, through one of the silos, and again where the doorman is just moving.</summary>
    public static async Task<DoormanAnswer> AskAsync(
        ClusterHarness silos, Api.DoormanAction action, SnapshotVersion? version, double percent = 10, int through = 0)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            try
            {
                return await silos.DoormanThrough(through).AskAsync(new Api.DoormanOrder(action, version, percent, "a test", "because"), default);
            }
            catch (RecommenderUnavailableException) when (!patience.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>The gates, and then everybody.</summary>
    public static async Task LetInAsync(ClusterHarness silos, SnapshotVersion version)
    {
        var answer = await AskAsync(silos, Api.DoormanAction.Validate, version);
        Assert.True(answer.IsAccepted, answer.Message);
        answer = await AskAsync(silos, Api.DoormanAction.Promote, version);
        Assert.True(answer.IsAccepted, answer.Message);
    }

    /// <summary>Until the record is so, and every silo that is in it serves by it.</summary>
    public static async Task UntilAsync(ClusterHarness silos, Func<DoormanRecord, bool> isSo)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            var record = await silos.Store.Doorman.ReadAsync(default);
            if (isSo(record) && record.Fencing.Count == 0 && AllServe(silos, record))
            {
                return;
            }

            Assert.False(patience.IsCancellationRequested, $"it did not come: {record}");
            await Task.Yield();
        }
    }

    public static Task UntilServesAsync(ClusterHarness silos, SnapshotVersion version, int nodes) =>
        UntilAsync(silos, record => record.Current == version && record.Rollout is null && record.Nodes.Count == nodes);

    /// <summary>Every listener's place on every silo is, or soon becomes, what the facts give.</summary>
    public static async Task AssertPlacesAsync(ClusterHarness silos, SnapshotVersion number)
    {
        for (var silo = 0; silo < silos.Cluster.Silos.Count; silo++)
        {
            var world = silos.Get<SiloWorld>(silo);
            var version = world.Plan.All.Single(version => version.Number == number);
            foreach (var user in Listeners)
            {
                var (facts, _) = await world.LoadFactsAsync(user, default);
                var expected = SiloWorld.Derive(facts, version.Model);
                var actual = new float[expected.Length];
                using var patience = new CancellationTokenSource(s_patience);
                float distance;
                do
                {
                    Assert.True(world.Users.TryFind(user.Value, out var resident) && version.Cells.CopyVector(resident.Index, actual), $"{user} is not in silo {silo}");
                    distance = TensorPrimitives.Distance<float>(expected, actual);
                    await Task.Yield();
                }
                while (distance > 1e-3 && !patience.IsCancellationRequested);
                Assert.True(distance <= 1e-3, $"{user} in version {number} on silo {silo}: {distance} away from the fold-in of its facts");
            }
        }
    }

    /// <summary>Which silos are in the record.</summary>
    public static Member MemberOf(ClusterHarness silos, int silo) => silos.Get<SiloNode>(silo).Self;

    private static bool AllServe(ClusterHarness silos, DoormanRecord record) => Enumerable.Range(0, silos.Cluster.Silos.Count).All(silo =>
        !record.Nodes.Contains(MemberOf(silos, silo))
        || (silos.Get<SiloWorld>(silo).Plan is var plan
            && (plan.Current?.Number ?? default) == record.Current
            && (plan.Canary?.Number ?? default) == (record.Canary?.Version ?? default)
            && silos.Get<SiloWorld>(silo).Lease.IsHeld));

    /// <summary>A read as a client makes it: another silo is asked when one does not answer.</summary>
    public static async Task<T> ReadAsync<T>(ClusterHarness silos, int first, Func<Api.IRecommender, ValueTask<T>> read)
    {
        using var patience = new CancellationTokenSource(s_patience);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await read(silos.Through((first + attempt) % silos.Cluster.Silos.Count));
            }
            catch (Exception e) when (e is RecommenderUnavailableException or ObjectDisposedException or ArgumentOutOfRangeException)
            {
                // The silo does not answer, or is gone from this process.
                Assert.False(patience.IsCancellationRequested, $"no silo answers: {e.Message}");
                await Task.Yield();
            }
        }
    }
}
