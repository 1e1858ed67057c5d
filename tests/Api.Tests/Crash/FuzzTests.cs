using System.Globalization;
using Buddies.Cli.Bench;
using Buddies.Cli.Bench.Fuzz;
using Buddies.Cli.Server;
using BenchServer = Buddies.Cli.Server.ServerProcess;

namespace Buddies.Api.Tests.Crash;

/// <summary>The built server over a real store under hostile requests.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task Server_HostileRequests_AnswersEachInOrder_AndCountsWhatItTook()
    {
        const int Requests = 3000;
        var seed = int.Parse(Environment.GetEnvironmentVariable("BUDDIES_FUZZ_SEED") ?? "20261122", CultureInfo.InvariantCulture);
        var work = Directory.CreateTempSubdirectory("buddies-fuzz-").FullName;
        try
        {
            await using var store = await BenchStore.CreateAsync("sqlite", null, work, default);
            await FuzzBench.MakeWorldAsync(store, seed, default);
            await using var server = await BenchServer.StartReadyAsync(
                new ServerLaunch(Path.Combine(AppContext.BaseDirectory, "Buddies.Api.dll"), store.Choice), default);
            using var client = new HttpClient { BaseAddress = server.Url, Timeout = TimeSpan.FromMinutes(2) };
            var before = await AppliedAsync(client);
            var report = await FuzzRun.RunAsync(server.Url, seed, 0, Requests, atOnce: 8, default);
            Assert.True(report.Faults == 0, $"{report.Faults} faults:\n{string.Join('\n', report.Examples)}\n{server.Output}");

            // The generator must not miss what it is for.
            foreach (var status in new[] { "200", "202", "400", "403", "404", "405", "413", "415" })
            {
                Assert.True(report.Statuses.ContainsKey(status), $"no answer {status} among {string.Join(", ", report.Statuses)}");
            }

            // Requests that were cut off may have been taken without an answer; what was answered is there.
            using var last = await client.PostAsync(new Uri("/v1/events?wait=applied", UriKind.Relative), EmptyBatch());
            Assert.Equal(202, (int)last.StatusCode);
            Assert.True(report.Taken > 500, $"only {report.Taken} events were taken");
            Assert.True(await AppliedAsync(client) - before >= report.Taken, $"{report.Taken} events were taken, and fewer applied");
        }
        finally
        {
            Directory.Delete(work, true);
        }
    }

    [Fact]
    public void Request_OfTheSameSeedAndNumber_IsTheSame()
    {
        var (one, other) = (new FuzzRequests("localhost:1", 7), new FuzzRequests("localhost:1", 7));
        for (var number = 199; number >= 0; number--)
        {
            _ = other.Make(number + 1);
            Assert.Equal(one.Make(number).Pieces.SelectMany(piece => piece), other.Make(number).Pieces.SelectMany(piece => piece));
        }

        Assert.NotEqual(one.Make(1).Pieces.SelectMany(piece => piece), new FuzzRequests("localhost:1", 8).Make(1).Pieces.SelectMany(piece => piece));
    }

    [Fact]
    public void Judge_AnswersThatAreNotInOrder_AreSeen()
    {
        var request = new FuzzRequest("a batch", [], false, true, Batch: new FuzzBatch([], 3, [1]));
        Assert.Null(Fault(202, """{"accepted":1,"duplicates":1,"rejected":[{"index":1,"error":"kind: unknown"}]}"""));
        Assert.Contains("taken", Fault(202, """{"accepted":3,"duplicates":0,"rejected":[]}"""), StringComparison.Ordinal);
        Assert.Contains("expected 1", Fault(202, """{"accepted":1,"duplicates":1,"rejected":[{"index":2,"error":"x"}]}"""), StringComparison.Ordinal);
        Assert.Contains("without an error", Fault(202, """{"accepted":1,"duplicates":1,"rejected":[{"index":1,"error":""}]}"""), StringComparison.Ordinal);
        Assert.StartsWith("500", Fault(500, "{}", "application/problem+json"), StringComparison.Ordinal);
        Assert.Contains("closed", Fault(0, ""), StringComparison.Ordinal);
        Assert.NotNull(Fault(404, "<html/>", "text/html"));

        string? Fault(int status, string body, string type = "application/json") =>
            FuzzJudge.FindFault(request, new FuzzAnswer(status, type, System.Text.Encoding.UTF8.GetBytes(body)));
    }

    private static async Task<long> AppliedAsync(HttpClient client)
    {
        using var status = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync(new Uri("/v1/status", UriKind.Relative)));
        return status.RootElement.GetProperty("eventsApplied").GetInt64();
    }

    private static ByteArrayContent EmptyBatch()
    {
        var content = new ByteArrayContent("[]"u8.ToArray());
        content.Headers.ContentType = new("application/json");
        return content;
    }
}
