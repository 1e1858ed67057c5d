using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Buddies.Cli.Bench.Swap;
using Buddies.Cli.Doorman;
using Buddies.Cli.Simulate;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Cluster;

/// <summary>
/// Lets versions into a cluster of real silos under reads, listens and live pages, while silos are stopped and killed; every
/// answer is compared with what it has to be.
/// </summary>
internal sealed class ClusterSwapBench(ClusterSwapOptions options)
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestSwap = TimeSpan.FromMinutes(3);

    private readonly SwapTally _tally = new() { IsMeasuring = true, IsSwapping = true };
    private readonly Quantiles _skews = new();
    private readonly Quantiles _flips = new();
    private readonly Quantiles _swaps = new();
    private int _stopped;
    private int _killedInSwap;
    private int _killedInLoad;

    /// <summary>What is done to a silo, and when.</summary>
    private enum Harm
    {
        None,
        StopInSwap,
        KillInSwap,
        KillInLoad,
    }

    public async Task<ClusterSwapReport> RunAsync(CancellationToken cancellationToken)
    {
        var world = new SyntheticWorldOptions
        {
            Listeners = options.Users,
            Tracks = 2_000,
            Playlists = Math.Min(5_000, options.Users),
            EventsPerListener = 30,
            Seed = options.Seed,
            AsOf = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
        };
        await using var bench = await BenchStore.CreateAsync(StoreChoice.Postgres, options.Connection, options.WorkFolder, cancellationToken);
        Say($"a world of {options.Users:N0} listeners");
        await bench.MakeWorldAsync(world, new TrainOptions { Als = new AlsOptions { Epochs = 3 }, Holdout = new HoldoutOptions() }, cancellationToken);
        await using var store = await bench.Choice.OpenAsync(TimeProvider.System, cancellationToken);
        var first = (await store.Models.ListAsync(cancellationToken)).Single();
        using var snapshot = Snapshot.Open(Path.Combine(SnapshotFolders.In(bench.Choice.DataDirectory), first.Folder), first.ManifestSha256);
        var (versions, writer) = (new List<SnapshotVersion>(), new RotatedVersions(snapshot, options.Seed));
        for (var i = 0; i < options.Swaps; i++)
        {
            versions.Add(await writer.WriteAsync(store, bench.Choice.DataDirectory, cancellationToken));
        }

        var facts = await FactReader.ReadAsync(store, TasteTransform.Default, cancellationToken);
        var slots = Enumerable.Range(0, options.Silos).Select(number => new SiloSlot(number, options.Silo, bench)).ToArray();
        try
        {
            Say($"{options.Swaps} versions written; starting {options.Silos} silos");
            foreach (var slot in slots)
            {
                await slot.StartAsync(cancellationToken);
            }

            var repeated = await LoadAsync(slots, versions, world, snapshot, facts, cancellationToken);
            return MakeReport(repeated, MachineConditions.Of(bench.Description, options.Silo));
        }
        finally
        {
            foreach (var slot in slots)
            {
                await slot.DisposeAsync();
            }
        }
    }

    private async Task<long> LoadAsync(
        SiloSlot[] slots, List<SnapshotVersion> versions, SyntheticWorldOptions world, Snapshot snapshot, FactSet facts, CancellationToken cancellationToken)
    {
        using var failover = new FailoverHandler([.. slots.Select(slot => slot.Url)], options.Patience);
        using var http = new HttpClient(failover) { BaseAddress = slots[0].Url, Timeout = options.Patience * 2 };
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = new SwapLoad(options.Streams, options.ReadsPerSecond, options.EventsPerSecond, options.Seed, resumes: true)
            .Start(http, world.Listeners, world.Tracks, snapshot, facts, _tally, new VersionWatch(_tally), ending.Token);
        try
        {
            await Task.Delay(s_warmUp, cancellationToken);
            for (var i = 0; i < versions.Count; i++)
            {
                var harm = (Harm)(i % 4);
                await SwapAsync(slots, i, versions[i], harm, cancellationToken);
                Say($"version {versions[i]} is in ({harm}); {_tally.Responses:N0} responses, {_tally.Failed} failed, {_tally.Mixed} mixed, {_tally.Backwards} backwards, {_tally.Missing} without a listen");
            }

            await Task.Delay(s_warmUp, cancellationToken);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(load);
        }

        return failover.Repeated;
    }

    private async Task SwapAsync(SiloSlot[] slots, int number, SnapshotVersion version, Harm harm, CancellationToken cancellationToken)
    {
        var victim = slots[number % slots.Length];
        if (harm == Harm.KillInLoad)
        {
            await victim.KillAsync();
            _killedInLoad++;
            await victim.StartAsync(cancellationToken);
        }

        var others = slots.Where(slot => slot != victim).ToArray();
        await AskAsync(others, version, "validate", cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await AskAsync(others, version, "promote", cancellationToken);
        switch (harm)
        {
            case Harm.StopInSwap:
                _ = await victim.StopAsync(cancellationToken);
                _stopped++;
                break;
            case Harm.KillInSwap:
                await victim.KillAsync();
                _killedInSwap++;
                break;
            default:
                break;
        }

        var isGone = harm is Harm.StopInSwap or Harm.KillInSwap;
        var state = await WaitAsync(isGone ? others : slots, version, cancellationToken);
        _swaps.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        if (state["flipSkewMs"] is { } skew)
        {
            _skews.Add((double)skew);
            _flips.Add((double)state["flipMs"]!);
            Say($"flips of version {version} {(double)skew:0.0} ms apart, {(double)state["flipMs"]!:0.0} ms after the commit");
        }

        if (isGone)
        {
            await victim.StartAsync(cancellationToken);
            _ = await WaitAsync(slots, version, cancellationToken);
        }
    }

    /// <summary>As an operator does, who asks another silo where one does not answer, unless it has been done already.</summary>
    private static async Task AskAsync(SiloSlot[] silos, SnapshotVersion version, string what, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            using var doorman = new DoormanClient(silos[attempt % silos.Length].Url);
            try
            {
                _ = await doorman.AskAsync($"/v1/snapshots/{version.Value}/{what}", what == "promote" ? new JsonObject { ["why"] = "bench cluster-swap" } : [], cancellationToken);
                return;
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < s_longestSwap)
            {
                await Task.Delay(s_poll, cancellationToken);
                if (what == "promote" && await IsUnderWayAsync(doorman, version, cancellationToken))
                {
                    return;
                }
            }
        }
    }

    private static async Task<bool> IsUnderWayAsync(DoormanClient doorman, SnapshotVersion version, CancellationToken cancellationToken)
    {
        try
        {
            var state = await doorman.ReadAsync(0, cancellationToken);
            return (int)state["current"]! == version.Value || state["rollout"] is not null;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Until every one of these silos serves the version.</summary>
    /// <returns>What the doorman said then.</returns>
    private static async Task<JsonObject> WaitAsync(SiloSlot[] silos, SnapshotVersion version, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var states = await Task.WhenAll(silos.Select(silo => TryReadAsync(silo, cancellationToken)));
            if (states.All(state => state is not null && (int)state["current"]! == version.Value && (int?)state["serving"] == version.Value && state["rollout"] is null))
            {
                return states[0]!;
            }

            if (Stopwatch.GetElapsedTime(started) > s_longestSwap)
            {
                throw new BenchFailedException($"Version {version} was not let in: {states.FirstOrDefault(state => state is not null)?["journal"]?.ToJsonString()}");
            }

            await Task.Delay(s_poll, cancellationToken);
        }
    }

    private static async Task<JsonObject?> TryReadAsync(SiloSlot silo, CancellationToken cancellationToken)
    {
        using var doorman = new DoormanClient(silo.Url);
        try
        {
            return await doorman.ReadAsync(5, cancellationToken);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private ClusterSwapReport MakeReport(long repeated, MachineConditions conditions) => new(
        options.Silos, options.Users, options.Swaps, _stopped, _killedInSwap, _killedInLoad, _tally.Responses, _tally.Failed, _tally.Mixed, _tally.Backwards,
        _tally.Missing, _tally.Events, _tally.Checked, repeated, _skews.At(0.5), _skews.At(1), _flips.At(1), _swaps.At(0.5), _swaps.At(1),
        _tally.Swapping.At(0.5), _tally.Swapping.At(0.99), _tally.Problems, conditions);

    private static void Say(string text) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bench cluster-swap: {text}"));
}
