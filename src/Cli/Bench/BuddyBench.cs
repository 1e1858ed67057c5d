namespace Buddies.Cli.Bench;

/// <summary>Measures our engines and the peers on the same worlds.</summary>
internal static class BuddyBench
{
    /// <summary>Moves go inwards on the whole; after more than this many of everybody, the clusters are not what they were.</summary>
    private const int MostMovesByListener = 10;

    public static async Task<BenchReport> RunAsync(BuddyBenchOptions options, CancellationToken cancellationToken)
    {
        var rows = new List<BenchRow>();
        var cosines = new Dictionary<string, double>();
        var drivers = options.Peers ? await PeerDrivers.BuildAsync(options.PeersFolder, cancellationToken) : [];
        foreach (var size in options.Sizes)
        {
            var moves = (int)Math.Min(options.Moves, (long)size * MostMovesByListener);
            var world = BuddyWorld.Open(new WorldShape(size, options.Dimension, moves, options.Seed), options.WorkFolder);
            cosines[$"{size}"] = world.MoveCosine;
            Say($"{size:N0} listeners: cosine between old and new vector {world.MoveCosine:0.0000}");
            foreach (var engine in options.Engines)
            {
                rows.Add(Measure(engine, world, options, cancellationToken));
            }

            foreach (var driver in drivers)
            {
                rows.AddRange(await PeerRun.RunAsync(driver, world, options, cancellationToken));
            }
        }

        return new BenchReport(BenchConditions.Of(options, cosines), rows);
    }

    private static BenchRow Measure(BenchEngine engine, BuddyWorld world, BuddyBenchOptions options, CancellationToken cancellationToken)
    {
        var row = new BenchRow(engine.Name, world.Shape.Count, options.Threads);
        if (Run(BenchPhase.Own, ref row) is { } own)
        {
            row = row with
            {
                OwnPerSecond = own.PerSecond,
                RecallOwn = own.Recall,
                BytesPerUser = own.BytesPerUser,
                ReportedBytesPerUser = own.ReportedBytesPerUser,
                BuildSeconds = own.BuildSeconds,
                OwnMoves = own.Moves,
                MovesPerCall = own.MovesPerCall,
            };
        }

        if (Run(BenchPhase.All, ref row) is { } all)
        {
            row = row with
            {
                AllPerSecond = all.PerSecond,
                RecallAll = all.Recall,
                AllBytesPerUser = all.BytesPerUser,
                AllBuildSeconds = all.BuildSeconds,
                AllMoves = all.Moves,
            };
        }

        return row;

        PhaseResult? Run(BenchPhase phase, ref BenchRow row)
        {
            var setup = new BenchSetup(world.Shape.Count, world.Shape.Dimension, options.K, options.Threads, phase);
            if (engine.WhyNot(setup) is { } reason)
            {
                Say($"{engine.Name}: {phase}: absent: {reason}");
                row = row with { Absent = row.Absent is null ? $"{phase}: {reason}" : $"{row.Absent}; {phase}: {reason}" };
                return null;
            }

            var result = PhaseRun.Run(engine, world, setup, options, cancellationToken);
            Say($"{engine.Name}: {phase}: {result.PerSecond:N0} moves/s over {result.Moves:N0}, recall {result.Recall:0.000}, built in {result.BuildSeconds:0.0} s");
            return result;
        }
    }

    private static void Say(string text) => Console.Error.WriteLine($"bench: {text}");
}
