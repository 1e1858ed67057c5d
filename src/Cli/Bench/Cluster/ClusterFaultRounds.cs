using System.Diagnostics;
using Buddies.Cli.Bench.Faults;

namespace Buddies.Cli.Bench.Cluster;

/// <summary>Kills one silo after the other, and then restarts all of them in turn, each once.</summary>
internal sealed class ClusterFaultRounds(ClusterFaultOptions options, SiloSlot[] slots, FaultProducer[] producers)
{
    private readonly Random _random = new(options.Seed);

    public int Killed { get; private set; }

    public int Restarted { get; private set; }

    public TimeSpan LongestStop { get; private set; }

    public TimeSpan LongestStart { get; private set; }

    /// <summary>Starts all: the first alone, for it makes the tables in which silos meet.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartAsync(slots[0], cancellationToken);
        await Task.WhenAll(slots[1..].Select(slot => StartAsync(slot, cancellationToken)));
    }

    /// <summary>Does harm for as long as the load is to last.</summary>
    /// <param name="load">Ends only if the load fails.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RunAsync(Task<Task> load, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var restartsAt = options.Duration * (2.0 / 3);
        for (var kill = 1; options.KillEvery * kill < restartsAt; kill++)
        {
            await WaitAsync(options.KillEvery * kill - Stopwatch.GetElapsedTime(started), load, cancellationToken);
            var slot = slots[(kill + _random.Next(slots.Length)) % slots.Length];
            await slot.KillAsync();
            Killed++;
            Say($"silo {slot.Number} killed with {producers.Sum(producer => (long)producer.Acknowledged.Count):N0} events acknowledged");
            await StartAsync(slot, cancellationToken);
            Say($"silo {slot.Number} is back");
        }

        await WaitAsync(restartsAt - Stopwatch.GetElapsedTime(started), load, cancellationToken);
        foreach (var slot in slots)
        {
            var stop = await slot.StopAsync(cancellationToken);
            LongestStop = stop > LongestStop ? stop : LongestStop;
            await StartAsync(slot, cancellationToken);
            Restarted++;
            Say($"silo {slot.Number} restarted in order, stopped within {stop.TotalSeconds:0.0} s");
        }

        await WaitAsync(options.Duration - Stopwatch.GetElapsedTime(started), load, cancellationToken);
    }

    private async Task StartAsync(SiloSlot slot, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await slot.StartAsync(cancellationToken);
        var took = Stopwatch.GetElapsedTime(started);
        LongestStart = took > LongestStart ? took : LongestStart;
    }

    private static async Task WaitAsync(TimeSpan time, Task<Task> load, CancellationToken cancellationToken)
    {
        if (time > TimeSpan.Zero && await Task.WhenAny(load, Task.Delay(time, cancellationToken)) == load)
        {
            await await load; // It throws why.
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static void Say(FormattableString text) =>
        Console.Error.WriteLine($"bench cluster-faults: {text.ToString(System.Globalization.CultureInfo.InvariantCulture)}");
}
