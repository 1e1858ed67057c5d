using Buddies.Cli.Bench.Faults;
using Buddies.Storage;

namespace Buddies.Cli.Tests.Faults;

/// <summary>The short form of <c>buddies bench faults</c>.</summary>
public sealed class FaultBenchTests : IDisposable
{
    private const int Seed = 20260401;

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-faults-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [SignalsFact]
    public Task Sqlite_ServerKilledFiveTimes_NothingIsLostNorDoubledNorOtherwise() => RunAsync(StoreChoice.Sqlite, 5, FaultTarget.Server);

    [PrivatePostgresFact]
    public Task Postgres_ServerKilledFiveTimes_NothingIsLostNorDoubledNorOtherwise() => RunAsync(StoreChoice.Postgres, 5, FaultTarget.Server);

    [PrivatePostgresFact]
    public Task Postgres_PostgresKilledUnderLoad_TheServerComesBackByItselfAndNothingIsLostNorDoubled() => RunAsync(StoreChoice.Postgres, 3, FaultTarget.Store);

    [Fact]
    public async Task Sqlite_KillingAPostgres_IsBadUsage()
    {
        var refused = await Assert.ThrowsAsync<UsageException>(() => RunAsync(StoreChoice.Sqlite, 1, FaultTarget.Store));
        Assert.Contains("--kill store", refused.Message, StringComparison.Ordinal);
    }

    private async Task RunAsync(string store, int rounds, FaultTarget target)
    {
        var report = await FaultBench.RunAsync(
            new FaultBenchOptions(store, null, BuiltServer.FilePath, _directory, rounds, 4, target, Seed), CancellationToken.None);
        Assert.True(report.IsClean, $"seed {Seed}: {report}");
        Assert.True(report.Acknowledged >= rounds, $"only {report.Acknowledged} events were acknowledged in {rounds} rounds: {report}");
        Assert.Equal(rounds, target == FaultTarget.Store ? report.StoreKilled : report.KilledUnderLoad + report.KilledStopping);
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }
}
