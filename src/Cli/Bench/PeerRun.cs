using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Buddies.Cli.Bench;

/// <summary>Runs a peer's driver on a world, and compares the lists that it prints with the truth.</summary>
internal static class PeerRun
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(
        PeerDriver driver, BuddyWorld world, BuddyBenchOptions options, CancellationToken cancellationToken)
    {
        var absent = new BenchRow(driver.Name, world.Shape.Count, 1) { IsPeer = true, Absent = driver.Absent };
        if (driver.Absent is not null)
        {
            return [absent];
        }

        var (exitCode, output) = await PeerProcess.ReadAsync(Start(driver, world, options), cancellationToken);
        if (exitCode != 0)
        {
            return [absent with { Absent = $"the driver failed with exit code {exitCode}: {output}" }];
        }

        PeerOutput peer;
        try
        {
            peer = JsonSerializer.Deserialize<PeerOutput>(output, s_json)!;
        }
        catch (JsonException e)
        {
            return [absent with { Absent = $"the driver printed something else than JSON: {e.Message}" }];
        }

        var rows = new List<BenchRow>();
        foreach (var row in peer.Rows)
        {
            var measured = Row(row, world, options.K, cancellationToken);
            rows.Add(measured);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"bench: {measured.Engine}: own {measured.OwnPerSecond:N0} moves/s, recall {measured.RecallOwn:0.000}; all {measured.AllPerSecond:N0} moves/s, recall {measured.RecallAll:0.000}; {measured.Note}"));
        }

        return rows;
    }

    private static BenchRow Row(PeerRow row, BuddyWorld world, int k, CancellationToken cancellationToken) =>
        new(row.Engine, world.Shape.Count, 1)
        {
            IsPeer = true,
            OwnPerSecond = row.Own.Moves / row.Own.Seconds,
            RecallOwn = Truth.RecallOf(world, Samples(row.Own), k, cancellationToken),
            OwnMoves = row.Own.Moves,
            AllPerSecond = row.All.Moves / row.All.Seconds,
            RecallAll = Truth.RecallOf(world, Samples(row.All), k, cancellationToken),
            AllMoves = row.All.Moves,
            MovesPerCall = 1,
            BytesPerUser = (double)row.Bytes / world.Shape.Count,
            BuildSeconds = row.BuildSeconds,
            Note = row.Note,
        };

    private static IReadOnlyList<ListSample> Samples(PeerPhase phase) =>
        [.. phase.Samples.Select(sample => new ListSample(sample[0], sample[1], sample[2..]))];

    private static ProcessStartInfo Start(PeerDriver driver, BuddyWorld world, BuddyBenchOptions options)
    {
        var start = new ProcessStartInfo(driver.Path) { RedirectStandardOutput = true };
        var arguments = new Dictionary<string, object>
        {
            ["--vectors"] = world.Files.Vectors,
            ["--moves"] = world.Files.Moves,
            ["--users"] = world.Files.Users,
            ["--scratch"] = world.Files.Folder,
            ["--k"] = options.K,
            ["--max-moves"] = Math.Min(options.Moves, options.PeerMoves),
            ["--seconds"] = options.Seconds,
            ["--build-threads"] = Environment.ProcessorCount,
        };
        foreach (var (name, value) in arguments)
        {
            start.ArgumentList.Add(name);
            start.ArgumentList.Add(Convert.ToString(value, CultureInfo.InvariantCulture)!);
        }

        // One thread for each query, whatever the machine has; only building uses all.
        start.Environment["OPENBLAS_NUM_THREADS"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
        return start;
    }

    /// <summary>What a driver prints.</summary>
    private sealed record PeerOutput(IReadOnlyList<PeerRow> Rows);

    private sealed record PeerRow(string Engine, string Note, double BuildSeconds, long Bytes, PeerPhase Own, PeerPhase All);

    /// <param name="Moves">Moves timed.</param>
    /// <param name="Seconds">What they took.</param>
    /// <param name="Samples">Lists: after how many moves, whose, and the buddies, best first.</param>
    private sealed record PeerPhase(int Moves, double Seconds, int[][] Samples);
}
