using System.Diagnostics;
using Buddies.Cli.Bench.Faults;

namespace Buddies.Cli.Bench.Cluster;

/// <summary>Producers and readers of a whole cluster, who go on to another silo when one does not answer.</summary>
internal sealed class ClusterLoad(ClusterFaultOptions options, SiloSlot[] slots, FaultProducer[] producers)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly TimeSpan[] _longestWrites = new TimeSpan[producers.Length];
    private ClusterReader[] _readers = [];

    public long Reads => _readers.Sum(reader => reader.Reads);

    public long FirstAnswers => _readers.Sum(reader => reader.FirstAnswers);

    public long Failed => _readers.Sum(reader => reader.Failed);

    public TimeSpan LongestWait => _readers.Max(reader => reader.LongestWait);

    /// <summary>The longest time of a producer between one acknowledgement and the next.</summary>
    public TimeSpan LongestWrite => _longestWrites.Max();

    /// <summary>The quantile of all readers' waits, in milliseconds.</summary>
    public double WaitAt(double share) => Math.Round(_readers.Max(reader => reader.Waits.At(share)) ?? 0, 1);

    /// <summary>Loads the cluster while it is harmed; returns when everything that was sent is acknowledged.</summary>
    public async Task RunAsync(ClusterFaultRounds rounds, CancellationToken cancellationToken)
    {
        using var ending = new CancellationTokenSource();
        Uri[] silos = [.. slots.Select(slot => slot.Url)];
        string[] listeners =
        [
            .. Enumerable.Range(0, options.Producers).SelectMany(FaultEvents.ListenersOf).Select(listener => listener.Value),
            .. Enumerable.Range(0, 50).Select(number => Training.Synth.SyntheticWorld.ListenerId(number).Value),
        ];
        _readers = [.. Enumerable.Range(0, options.Readers).Select(number => new ClusterReader(silos, listeners, options.Patience, options.Seed + number))];
        Task[] work =
        [
            .. producers.Select((producer, number) => Task.Run(() => SendAsync(producer, number, silos, ending.Token), CancellationToken.None)),
            .. _readers.Select(reader => Task.Run(() => reader.RunAsync(TimeSpan.FromSeconds(options.Readers / options.ReadRate), ending.Token), CancellationToken.None)),
        ];
        try
        {
            await rounds.RunAsync(Task.WhenAny(work), cancellationToken);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(work);
            foreach (var reader in _readers)
            {
                reader.Dispose();
            }
        }
    }

    private async Task SendAsync(FaultProducer producer, int number, Uri[] silos, CancellationToken ending)
    {
        var last = Stopwatch.GetTimestamp();
        for (var attempt = number; !ending.IsCancellationRequested || producer.HasPending; attempt++)
        {
            await producer.SendAsync(silos[attempt % silos.Length], OnAcknowledged, ending);
            await Task.Delay(s_pause, CancellationToken.None);
        }

        void OnAcknowledged()
        {
            var now = Stopwatch.GetTimestamp();
            var gap = Stopwatch.GetElapsedTime(last, now);
            (last, _longestWrites[number]) = (now, gap > _longestWrites[number] ? gap : _longestWrites[number]);
        }
    }
}
