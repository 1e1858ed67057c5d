using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Buddies.Cli.Doorman;
using Buddies.Cli.Server;
using Buddies.Cli.Simulate;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Facts;

namespace Buddies.Cli.Bench.Swap;

/// <summary>
/// Lets one version after another into a server of its own, over HTTP, under reads, listens and live pages, then rolls
/// back; every answer is compared with what it has to be.
/// </summary>
internal sealed class SwapBench(SwapBenchOptions options)
{
    /// <summary>Long enough for the first question about each listener, which makes a buddy set.</summary>
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestSwap = TimeSpan.FromMinutes(10);

    private readonly SwapTally _tally = new();
    private readonly Quantiles _flips = new();
    private readonly Quantiles _swaps = new();
    private readonly StoreChoice _store = new(StoreChoice.Sqlite, options.Work, null);

    public async Task<SwapReport?> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Work);
        var world = new SwapWorld(options, _store);
        var versions = await world.MakeAsync(Say, cancellationToken);
        if (options.IsSetupOnly)
        {
            return null;
        }

        await using var store = await _store.OpenAsync(TimeProvider.System, cancellationToken);
        var oldest = (await store.Models.ListAsync(cancellationToken))[0];
        using var snapshot = Snapshot.Open(Path.Combine(SnapshotFolders.In(options.Work), oldest.Folder), oldest.ManifestSha256);
        Say("reading the facts");
        var facts = await FactReader.ReadAsync(store, TasteTransform.Default, cancellationToken);
        world.Use();
        Say("starting the server");
        await using var server = await ServerProcess.StartReadyAsync(new ServerLaunch(options.ServerPath, _store), cancellationToken);
        using var doorman = new DoormanClient(server.Url);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null })
        {
            BaseAddress = server.Url,
            Timeout = TimeSpan.FromSeconds(30),
        };
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = new VersionWatch(_tally);
        var load = new SwapLoad(options.Streams, options.ReadsPerSecond, options.EventsPerSecond, options.Seed).Start(http, options.Users, SwapWorld.Tracks, snapshot, facts, _tally, watch, ending.Token);
        await Task.Delay(s_warmUp, cancellationToken);
        Say($"reads without a swap, {options.Quiet.TotalSeconds:0} s");
        _tally.IsMeasuring = true;
        await Task.Delay(options.Quiet, cancellationToken);
        using var memory = new SwapMemory(server);
        using var swapping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await memory.NoteBeforeAsync(cancellationToken);
        var watching = memory.WatchAsync(swapping.Token);
        var first = Math.Min(options.First, versions.Count);
        if (first > 0)
        {
            _tally.IsFirst = true;
            await SwapAllAsync(doorman, versions, 0, first, cancellationToken);
            _tally.IsFirst = false;
            memory.Phase = SwapPhase.Quiet;
            Say($"reads without a swap once more, {options.Quiet.TotalSeconds:0} s");
            await Task.Delay(options.Quiet, cancellationToken);
            await memory.NoteTwoAsync(cancellationToken);
        }

        (_tally.IsSwapping, memory.Phase) = (true, SwapPhase.Swapping);
        await SwapAllAsync(doorman, versions, first, versions.Count, cancellationToken);
        _tally.IsMeasuring = false;
        await swapping.CancelAsync();
        await watching;
        watch.AllowRollback();
        var rollback = await RollBackAsync(doorman, cancellationToken);
        await Task.Delay(s_warmUp, cancellationToken); // Answers of the former version are checked too.
        await ending.CancelAsync();
        await Task.WhenAll(load);
        await server.StopAsync(cancellationToken);
        return new SwapReport(
            options.Users, versions.Count, _tally.Responses, _tally.Failed, _tally.Mixed, _tally.Backwards, _tally.Missing, _tally.Events, _tally.Checked,
            _flips.At(0.5), _flips.At(0.99), _swaps.At(0.5), _tally.Quiet.At(0.99), _tally.Swapping.At(0.99), _tally.Quiet.At(0.5), _tally.Swapping.At(0.5),
            rollback, options.Every.TotalSeconds, memory.VersionBytes, memory.PeakBytes >> 20, memory.QuietBytes >> 20, Math.Round(memory.Ratio, 3),
            first, _tally.First.At(0.99), memory.TwoVersionsBytes, memory.MostIn(SwapPhase.Swapping) >> 20, memory.MostIn(SwapPhase.Quiet) >> 20,
            first > 0 && first < versions.Count ? Math.Round(memory.SettledRatio, 3) : null, _tally.Problems);
    }

    private async Task SwapAllAsync(DoormanClient doorman, IReadOnlyList<SnapshotVersion> versions, int from, int to, CancellationToken cancellationToken)
    {
        for (var i = from; i < to; i++)
        {
            var next = Task.Delay(options.Every, cancellationToken);
            await SwapAsync(doorman, versions[i], cancellationToken);
            await next;
            if (i % 10 == 9 || options.Users > 100_000)
            {
                Say($"{i + 1} of {versions.Count} swaps; flips {_flips.At(0.99):0.0} ms (p99), {_tally.Responses:N0} responses, {_tally.Failed} failed, {_tally.Mixed} mixed, {_tally.Backwards} backwards, {_tally.Missing} without a listen");
            }
        }
    }

    private async Task SwapAsync(DoormanClient doorman, SnapshotVersion version, CancellationToken cancellationToken)
    {
        await doorman.AskAsync($"/v1/snapshots/{version.Value}/validate", [], cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await doorman.AskAsync($"/v1/snapshots/{version.Value}/promote", new JsonObject { ["why"] = "bench swap" }, cancellationToken);
        var state = await WaitAsync(doorman, version.Value, started, cancellationToken);
        _swaps.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        if (state["flipMs"] is { } flip)
        {
            _flips.Add((double)flip);
        }
    }

    private static async Task<double> RollBackAsync(DoormanClient doorman, CancellationToken cancellationToken)
    {
        var former = (int)(await doorman.ReadAsync(0, cancellationToken))["former"]!;
        var started = Stopwatch.GetTimestamp();
        await doorman.AskAsync("/v1/doorman/rollback", new JsonObject { ["why"] = "bench swap" }, cancellationToken);
        await WaitAsync(doorman, former, started, cancellationToken);
        return Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 1);
    }

    private static async Task<JsonObject> WaitAsync(DoormanClient doorman, int version, long started, CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await doorman.ReadAsync(0, cancellationToken); // It is asked often, and the journal is the long part.
            if ((int)state["current"]! == version && (int?)state["serving"] == version)
            {
                return state;
            }

            var isGivenUp = state["rollout"] is null && (int)state["current"]! != version;
            if (Stopwatch.GetElapsedTime(started) > s_longestSwap || isGivenUp)
            {
                state = await doorman.ReadAsync(5, cancellationToken);
                throw new IOException($"Version {version} was not let in: {state["journal"]!.ToJsonString()}");
            }

            await Task.Delay(s_poll, cancellationToken);
        }
    }

    private static void Say(string text) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bench swap: {text}"));
}
