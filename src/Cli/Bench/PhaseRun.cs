using System.Diagnostics;

namespace Buddies.Cli.Bench;

/// <summary>What one phase of one of our engines gave.</summary>
/// <param name="PerSecond">Moves a second.</param>
/// <param name="Moves">Moves timed.</param>
/// <param name="Recall">Of movers' lists in phase own, of arbitrary ones in phase all.</param>
/// <param name="BytesPerUser">What building added to the process's resident memory.</param>
/// <param name="ReportedBytesPerUser">By the engine's own count.</param>
/// <param name="BuildSeconds">To build.</param>
/// <param name="MovesPerCall">Moves in a call.</param>
internal sealed record PhaseResult(
    double PerSecond, int Moves, double Recall, double BytesPerUser, double? ReportedBytesPerUser, double BuildSeconds, int MovesPerCall);

/// <summary>Builds one of our engines, lets it move listeners for a while, and compares its lists with the truth.</summary>
internal static class PhaseRun
{
    private const double WarmUpSeconds = 0.5;

    public static PhaseResult Run(BenchEngine kind, BuddyWorld world, BenchSetup setup, BuddyBenchOptions options, CancellationToken cancellationToken)
    {
        var before = ResidentBytes();
        using var engine = kind.Create();
        var started = Stopwatch.GetTimestamp();
        engine.Build(setup, world.Vectors);
        var buildSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var bytes = ResidentBytes() - before;
        cancellationToken.ThrowIfCancellationRequested();

        // Time for the just-in-time compiler to see what is hot. These moves count as made, but not as timed.
        var samples = new ListSamples();
        var warm = MoveFor(engine, world.Moves, 0, world.Moves.Count / 4, WarmUpSeconds, setup, null, cancellationToken);
        started = Stopwatch.GetTimestamp();
        var end = MoveFor(engine, world.Moves, warm, world.Moves.Count, options.Seconds, setup, setup.Phase == BenchPhase.Own ? samples : null, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var recall = setup.Phase == BenchPhase.Own
            ? Truth.RecallOf(world, samples.Samples, setup.K, cancellationToken)
            : Truth.RecallOf(world, StoredLists(engine, world, setup, end), setup.K, cancellationToken);
        return new PhaseResult(
            (end - warm) / seconds,
            end - warm,
            recall,
            (double)bytes / setup.Count,
            (double?)engine.OwnBytes / setup.Count,
            buildSeconds,
            engine.MovesPerCall);
    }

    private static int MoveFor(
        IBuddyBenchEngine engine, MoveLog moves, int first, int end, double seconds, BenchSetup setup, ListSamples? samples, CancellationToken cancellationToken)
    {
        var list = new int[setup.K];
        var stop = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        var at = first;
        while (at < end && Stopwatch.GetTimestamp() < stop && !cancellationToken.IsCancellationRequested)
        {
            var count = Math.Min(engine.MovesPerCall, end - at);
            engine.Move(moves, at, count);
            at += count;
            if (samples is not null && samples.Next())
            {
                var user = moves.UserOf(at - 1);
                samples.Add(new ListSample(at, user, list[..engine.ReadList(user, list)]));
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return at;
    }

    private static List<ListSample> StoredLists(IBuddyBenchEngine engine, BuddyWorld world, BenchSetup setup, int state)
    {
        var list = new int[setup.K];
        return [.. WorldFiles.SampleUsers(world.Shape).Select(user => new ListSample(state, user, list[..engine.ReadList(user, list)]))];
    }

    private static long ResidentBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }
}
