using Buddies.Cli.Bench.Ingest;
using Buddies.Cli.Server;
using Buddies.Storage;

namespace Buddies.Cli.Tests.Ingest;

/// <summary>The benchmark in small: what it reports hangs together; how much it is depends on the machine.</summary>
public sealed class IngestBenchTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-ingest-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [SignalsFact]
    public Task Sqlite_AShortRun_IsAcceptedAppliedAndPushed() => RunAsync(StoreChoice.Sqlite);

    [PrivatePostgresFact]
    public Task Postgres_AShortRun_IsAcceptedAppliedAndPushed() => RunAsync(StoreChoice.Postgres);

    [Theory]
    [InlineData("""{"accepted":3,"duplicates":2,"rejected":[]}""", 3, 2, 0, null)]
    [InlineData("""{"accepted":0,"duplicates":0,"rejected":[{"index":0,"error":"kind: no"},{"index":4,"error":"other"}],"more":{"error":"x"}}""", 0, 0, 2, "kind: no")]
    public void Read_AReceipt_IsCounted(string body, int accepted, int duplicates, int rejected, string? detail)
    {
        var answer = EventDoor.Read(202, null, System.Text.Encoding.UTF8.GetBytes(body));
        Assert.Equal(new DoorAnswer(202, accepted, duplicates, rejected, null, detail), answer);
        Assert.True(answer.IsTaken);
    }

    [Fact]
    public void Read_AProblem_IsKeptAsItIs()
    {
        var answer = EventDoor.Read(429, TimeSpan.FromSeconds(2), """{"type":"urn:buddies:problem:busy"}"""u8);
        Assert.Equal(new DoorAnswer(429, 0, 0, 0, TimeSpan.FromSeconds(2), """{"type":"urn:buddies:problem:busy"}"""), answer);
        Assert.True(answer.IsLater && !answer.IsTaken);
    }

    private async Task RunAsync(string store)
    {
        var report = await IngestBench.RunAsync(
            new IngestBenchOptions(
                store, null, BuiltServer.FilePath, _directory, 2, 50, 500, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(0.2), 100, 4, 10, 1),
            CancellationToken.None);
        Assert.True(report.Accepted > 0 && report.Accepted % 50 == 0, $"{report}");
        Assert.Equal(0, report.Rejected);
        Assert.True(report.AcceptedPerSecond > 0 && report.AppliedPerSecond > 0 && report.BaselinePerSecond > 0 && report.KeyedBaselinePerSecond > 0, $"{report}");
        Assert.True(report.AckP50Ms > 0 && report.AckP99Ms >= report.AckP50Ms, $"{report}");
        Assert.True(report.Pushes > 0 && report.PushP50Ms > 0, $"no push was timed: {report}");
        Assert.True(report.FreshnessObjectiveMs > 0 && report.FreshnessFresh + report.FreshnessLate + report.FreshnessFailed > 0, $"freshness was not probed: {report}");
        Assert.True(report.RssBytes > 0 && report.ServerCpuSeconds > 0, $"{report}");
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }
}
