using System.Text.Json;
using Buddies.Engine.Judging;
using Buddies.Storage.Tests.Postgres;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Processes;

/// <summary>Home's learning on silos as they run: what a kill costs, and what it does not.</summary>
public sealed class HomeTests
{
    [PrivatePostgresFact]
    public async Task ASiloKilled_TakesThePagesThatWaitedThere_AndNothingElse_AndAnErasureReachesItsFiles()
    {
        await using var world = await SmallWorld.MakeAsync();
        SiloProcess[] silos = [await world.StartAsync(), await world.StartAsync()];
        var users = Enumerable.Range(0, 20).Select(i => SyntheticWorld.ListenerId(i).Value).ToArray();
        string[] kept, lost;
        using (var caller = new Caller(silos[0].Url))
        {
            foreach (var user in users)
            {
                await caller.GetAsync($"/v1/users/{user}/home");
            }

            await UntilAsync(() => UsersOf(world, "silo-1").Length + UsersOf(world, "silo-2").Length == users.Length);
            (kept, lost) = (UsersOf(world, "silo-1"), UsersOf(world, "silo-2"));
            Assert.NotEmpty(kept);
            Assert.NotEmpty(lost);
            await caller.AskAsync(HttpMethod.Put, $"/v1/users/{kept[0]}/settings", new { discovery = 0.75 });

            silos[1].Kill();
            while (await caller.StatusAsync(HttpMethod.Delete, $"/v1/users/{lost[0]}") is var status && status != 202)
            {
                Assert.Equal(503, status); // Until the killed one is known to be gone.
            }

            Assert.DoesNotContain(lost[0], UsersOf(world, "silo-2"));
            Assert.Equal(lost.Length - 1, UsersOf(world, "silo-2").Length);
            Assert.DoesNotContain("impression", await caller.TextAsync($"/v1/users/{lost[0]}/erasure"), StringComparison.Ordinal);
        }

        Assert.Equal(0, await silos[0].TerminateAsync()); // Closes its pages, and commits.
        var next = await world.StartAsync();
        using var after = new Caller(next.Url);
        var hood = await after.GetAsync($"/v1/users/{kept[0]}/hood");
        Assert.Equal((kept.Length, 1, 0.75), (hood.GetProperty("pagesLearned").GetInt32(), hood.GetProperty("policyVersion").GetInt32(), hood.GetProperty("discovery").GetDouble()));
        var rewarded = ImpressionLog.Read(LinesOf(world, "silo-1", "rewarded")).Select(page => page.Page.User.Value);
        Assert.Equal(kept.Order(StringComparer.Ordinal), rewarded.Order(StringComparer.Ordinal));

        await after.GetAsync($"/v1/users/{kept[0]}/home");
        var scrape = await after.TextAsync("/metrics");
        Assert.Contains("\nbuddies_home_policy_version 1\n", scrape, StringComparison.Ordinal);
        Assert.Contains("\nbuddies_home_cards_shown_total ", scrape, StringComparison.Ordinal);
        Assert.Equal(0, await next.TerminateAsync());
    }

    private static string[] UsersOf(SmallWorld world, string silo) =>
        [.. LinesOf(world, silo, "shown").Select(line => JsonDocument.Parse(line).RootElement.GetProperty("user").GetString()!)];

    private static IEnumerable<string> LinesOf(SmallWorld world, string silo, string name)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(world.Directory, "impressions", silo), name + "-*.ndjson"))
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            while (reader.ReadLine() is { } line)
            {
                yield return line;
            }
        }
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
