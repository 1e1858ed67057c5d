using System.Diagnostics;
using Buddies.Cli.Server;

namespace Buddies.Cli.Bench.Faults;

/// <summary>Starts, loads and kills, round after round.</summary>
internal sealed class FaultRounds(FaultBenchOptions options, BenchStore store, FaultProducer[] producers)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly Random _random = new(options.Seed);
    private ServerProcess? _server;

    public int KilledUnderLoad { get; private set; }

    public int KilledStarting { get; private set; }

    public int KilledStopping { get; private set; }

    public int StoreKilled { get; private set; }

    private ServerLaunch Launch => new(options.Server, store.Choice);

    /// <summary>Runs every round; no server is left.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (var round = 0; round < options.Rounds; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var ofStore = options.Target == FaultTarget.Store || (options.Target == FaultTarget.Both && round % 2 == 1);
                await (ofStore ? KillStoreAsync(cancellationToken) : KillServerAsync(cancellationToken));
                if ((round + 1) % 10 == 0)
                {
                    Console.Error.WriteLine($"bench faults: {round + 1} of {options.Rounds} rounds, {producers.Sum(producer => (long)producer.Acknowledged.Count):N0} events acknowledged");
                }
            }
        }
        finally
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
                _server = null;
            }
        }
    }

    private async Task KillServerAsync(CancellationToken cancellationToken)
    {
        if (_server is null && _random.Next(5) == 0)
        {
            await KillStartingAsync();
        }

        _server ??= await ServerProcess.StartReadyAsync(Launch, cancellationToken);
        var isStopping = _random.Next(5) == 0;
        await UnderLoadAsync(_server, async () =>
        {
            if (isStopping)
            {
                // In the middle of an orderly stop, when the last checkpoints are written.
                await _server.TerminateAsync(cancellationToken);
                await Task.Delay(_random.Next(0, 150), cancellationToken);
                KilledStopping++;
            }
            else
            {
                KilledUnderLoad++;
            }

            await _server.KillAsync();
        }, isServerGone: true, cancellationToken);
        await _server.DisposeAsync();
        _server = null;
    }

    private async Task KillStartingAsync()
    {
        await using var server = ServerProcess.Start(Launch);
        await Task.Delay(_random.Next(100, 2_000), CancellationToken.None);
        await server.KillAsync();
        KilledStarting++;
    }

    /// <summary>The server stays; it must come back by itself once PostgreSQL does.</summary>
    private async Task KillStoreAsync(CancellationToken cancellationToken)
    {
        _server ??= await ServerProcess.StartReadyAsync(Launch, cancellationToken);
        await UnderLoadAsync(_server, async () =>
        {
            await store.PrivateServer!.KillAsync();
            StoreKilled++;
            await Task.Delay(_random.Next(0, 500), cancellationToken);
            await store.PrivateServer.StartAsync();
        }, isServerGone: false, cancellationToken);
    }

    /// <summary>Lets producers send, waits for an acknowledgement and some time more, then does harm.</summary>
    private async Task UnderLoadAsync(ServerProcess server, Func<Task> harm, bool isServerGone, CancellationToken cancellationToken)
    {
        using var ending = new CancellationTokenSource();
        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (first, again) = (acknowledged.Task, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var isBack = false;
        var sending = producers.Select(producer => Task.Run(() => producer.SendAsync(server.Url, OnAcknowledged, ending.Token), CancellationToken.None)).ToArray();
        await AwaitAsync(first, sending, server, cancellationToken);
        await Task.Delay(_random.Next(0, 600), cancellationToken);
        await harm();
        Volatile.Write(ref isBack, true);
        if (!isServerGone)
        {
            await AwaitAsync(again.Task, sending, server, cancellationToken);
        }

        await ending.CancelAsync();
        await Task.WhenAll(sending).WaitAsync(s_patience, cancellationToken);

        void OnAcknowledged()
        {
            acknowledged.TrySetResult();
            if (Volatile.Read(ref isBack))
            {
                again.TrySetResult();
            }
        }
    }

    private static async Task AwaitAsync(Task acknowledgement, Task[] sending, ServerProcess server, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var failure = sending.Select(async task =>
        {
            await task;
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });
        var done = await Task.WhenAny([acknowledgement, Task.Delay(s_patience, cancellationToken), .. failure]);
        await done;
        if (!acknowledgement.IsCompleted)
        {
            throw new BenchFailedException(
                $"Nothing was acknowledged in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s; the server says:{Environment.NewLine}{server.Output}");
        }
    }
}
