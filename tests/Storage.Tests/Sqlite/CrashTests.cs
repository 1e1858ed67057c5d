using System.Diagnostics;
using System.Globalization;
using Buddies.Engine.Doorman;

namespace Buddies.Storage.Tests.Sqlite;

/// <summary>A process that is killed with SIGKILL in the middle of its writes.</summary>
public sealed class CrashTests : IAsyncDisposable
{
    private readonly SqliteHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Append_KilledAtARandomMoment_KeepsEveryAcknowledgedEventOnce()
    {
        const int seed = 20260301, rounds = 5;
        var random = new Random(seed);
        var acknowledged = new HashSet<long>();
        for (var round = 0; round < rounds; round++)
        {
            var before = acknowledged.Count;
            await RunAndKillAsync(first: 1_000_000L * round, random.Next(1, 3000), random.Next(0, 30), acknowledged);
            Assert.True(acknowledged.Count > before, $"seed {seed}, round {round}: nothing was acknowledged");

            var logged = new Dictionary<long, int>();
            await using var store = await _harness.OpenAsync();
            var last = 0L;
            await foreach (var e in store.Events.ReadAsync(0, default))
            {
                Assert.True(e.Offset > last, $"offset {e.Offset} after {last}");
                last = e.Offset;
                var number = long.Parse(e.Event.Id.Value, CultureInfo.InvariantCulture);
                logged[number] = logged.GetValueOrDefault(number) + 1;
            }

            var wrong = acknowledged.Where(n => logged.GetValueOrDefault(n) != 1).ToArray();
            Assert.True(
                wrong.Length == 0,
                $"seed {seed}, round {round}: of {acknowledged.Count} acknowledged events {wrong.Length} are lost or doubled, such as {wrong.FirstOrDefault()}");
            Assert.All(logged, pair => Assert.Equal(1, pair.Value));
            Assert.Equal("ok", _harness.Sql("PRAGMA integrity_check"));
        }
    }

    [Fact]
    public async Task Doorman_KilledAtARandomMoment_HasOneRecordAndAJournalThatTellsOfEachEpoch()
    {
        const int seed = 20261122, rounds = 4;
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var acknowledged = new HashSet<long>();
            await RunAndKillAsync(["doorman"], random.Next(1, 60), random.Next(0, 10), acknowledged);

            await using var store = await _harness.OpenAsync();
            var record = await store.Doorman.ReadAsync(default);
            Assert.True(record.Epoch >= acknowledged.Max(), $"seed {seed}, round {round}: epoch {record.Epoch} after {acknowledged.Max()} was acknowledged");
            Assert.Equal(record.Epoch, Assert.Single(record.Nodes).Incarnation);
            Assert.Equal((int)(record.Epoch % 2) + 1, record.Current.Value);
            Assert.Equal(record.Current, Assert.Single(record.Versions, version => version.State == VersionState.Current).Version);
            var told = (await store.Doorman.ReadJournalAsync(0, int.MaxValue, default)).Where(entry => entry.Epoch > 0).Select(entry => entry.Epoch);
            Assert.Equal(Enumerable.Range(1, (int)record.Epoch).SelectMany(epoch => new[] { (long)epoch, epoch }), told);
            Assert.Equal("ok", _harness.Sql("PRAGMA integrity_check"));
        }
    }

    private Task RunAndKillAsync(long first, int afterLines, int thenMilliseconds, HashSet<long> acknowledged) =>
        RunAndKillAsync([first.ToString(CultureInfo.InvariantCulture), "8"], afterLines, thenMilliseconds, acknowledged);

    private async Task RunAndKillAsync(string[] arguments, int afterLines, int thenMilliseconds, HashSet<long> acknowledged)
    {
        // The writer's output lies beside ours: tests/Storage.CrashWriter/bin/<configuration>/<framework>.
        var writer = Path.Combine(
            AppContext.BaseDirectory.Replace("Storage.Tests", "Storage.CrashWriter", StringComparison.Ordinal),
            "Buddies.Storage.CrashWriter.dll");
        Assert.True(File.Exists(writer), $"{writer} has not been built");
        using var process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            ["exec", writer, _harness.File, .. arguments])
        {
            RedirectStandardOutput = true,
        })!;

        var lines = 0;
        Task? kill = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // After the kill the pipe still holds what was printed before it; the last line may be cut.
            if (!line.EndsWith(';'))
            {
                continue;
            }

            acknowledged.Add(long.Parse(line.AsSpan(0, line.Length - 1), CultureInfo.InvariantCulture));
            if (++lines == afterLines)
            {
                kill = KillAsync(process, thenMilliseconds);
            }
        }

        Assert.True(kill is not null, $"the writer ended by itself after {lines} lines");
        await kill;
    }

    private static async Task KillAsync(Process process, int afterMilliseconds)
    {
        await Task.Delay(afterMilliseconds);
        process.Kill();
        await process.WaitForExitAsync();
    }
}
