using Buddies.Cli.Bench.Cluster;
using Buddies.Cli.Bench.Profile;

namespace Buddies.Cli.Tests.Cluster;

/// <summary>The benchmarks of the cluster in small: what they promise holds, and what they report hangs together.</summary>
public sealed class ClusterBenchTests : IDisposable
{
    private const int Seed = 20260401;

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-cluster-bench-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [SilosFact]
    public async Task Cluster_AShortRun_TakesAllEventsAnswersAllPagesAndSaysWhatTheTimeWentInto()
    {
        var second = TimeSpan.FromSeconds(1);
        var report = await ClusterBench.RunAsync(
            new ClusterBenchOptions(
                BuiltServer.FilePath, BuiltSilo.FilePath!, null, _directory, [1], second, TimeSpan.Zero, second, Path.Combine(_directory, "stacks"), 60, 2, 20, 2, Seed),
            CancellationToken.None);
        Assert.Equal([("embedded", 1), ("cluster", 1)], report.Rows.Select(row => (row.Runtime, row.Silos)));
        foreach (var row in report.Rows)
        {
            Assert.True(row.EventsPerSecond > 0 && row.HomesPerSecond > 0 && row.CpuMicrosPerEvent > 0 && row.CpuMicrosPerHome > 0, $"{row}");
            Assert.Equal((0, 0), (row.Rejected, row.FailedHomes));
            AssertWhole(row.EventShares!);
            AssertWhole(row.HomeShares!);
        }

        Assert.Equal(1, report.Rows[0].CpuPerEventToEmbedded);
        Assert.Equal(4, Directory.GetFiles(Path.Combine(_directory, "stacks")).Length);
    }

    [SilosFact]
    public async Task Faults_TwoSilosKilledAndRestarted_LoseNothing()
    {
        var report = await ClusterFaultBench.RunAsync(
            new ClusterFaultOptions(
                BuiltSilo.FilePath!, null, _directory, 2, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(20), 2, 2, 20, Seed),
            CancellationToken.None);
        Assert.True(report.IsClean, $"seed {Seed}: {report}");
        Assert.True(report is { Acknowledged: > 0, Reads: > 0, Killed: 1, Restarted: 2 }, $"{report}");
    }

    [SilosFact]
    public async Task Swap_OneInPeaceOneWhileASiloStops_MixesNothingAndFailsNothing()
    {
        var report = await new ClusterSwapBench(new ClusterSwapOptions(
            BuiltSilo.FilePath!, null, _directory, 3, 200, 2, TimeSpan.FromSeconds(20), 20, 10, 4, Seed)).RunAsync(CancellationToken.None);
        Assert.True(report.IsClean, $"seed {Seed}: {report} {string.Join(' ', report.Problems)}");
        Assert.True(report is { Checked: > 0, Events: > 0, Stopped: 1, FlipSkewMaxMs: >= 0 }, $"{report}");
    }

    private static void AssertWhole(ProcessorShares shares)
    {
        var sum = shares.Serialisation + shares.Storage + shares.Engine + shares.Http + shares.Orleans + shares.Runtime + shares.Other
            + shares.Collector + shares.Compiler + shares.Kernel;
        Assert.InRange(sum, 0.98, 1.02);
        Assert.True(shares.Samples > 0, $"{shares}");
    }
}
