using System.Net.Http.Json;
using System.Text.Json;
using Buddies.Training.Synth;

namespace Buddies.Api.Tests.Deployment;

/// <summary>What a real Prometheus has to find, whichever server it scrapes: one process or a silo.</summary>
internal static class MonitoringCheck
{
    private static readonly string[] s_users = [.. Enumerable.Range(0, 20).Select(i => SyntheticWorld.ListenerId(i).Value)];

    /// <summary>Of how fast things are, which this machine's other work decides, not this test.</summary>
    private static readonly string[] s_ofSpeed =
        ["BuddiesFreshnessBudgetFast", "BuddiesFreshnessBudgetSlow", "BuddiesPushBudgetFast", "BuddiesPushBudgetSlow", "BuddiesHomeSlow", "BuddiesGarbageCollection"];

    /// <summary>Every metric that a rule or a panel names is there, every panel shows something, and no alert fires.</summary>
    /// <param name="prometheus">Scrapes a server with listeners.</param>
    /// <param name="begunLater">Metrics that begin with their first event, which did not come.</param>
    public static async Task RunAsync(PrometheusProcess prometheus, IReadOnlyCollection<string> begunLater)
    {
        var named = MonitoringFiles.Rules.Select(rule => rule.Text("expr")!).Concat(MonitoringFiles.PanelQueries)
            .SelectMany(MonitoringFiles.MetricsOf).Distinct(StringComparer.Ordinal).Except(begunLater).ToArray();
        Assert.All(begunLater, name => Assert.Contains(name, MetricsCatalogue.Series));
        await prometheus.WaitAsync(
            "/api/v1/label/__name__/values",
            names => !named.Except(names.EnumerateArray().Select(n => n.GetString()!)).Any(),
            $"not every metric of rules and panels is there: {string.Join(' ', named)}");

        // Metrics that are there with other labels than the rules ask for are as good as absent.
        foreach (var query in MonitoringFiles.PanelQueries.Where(query => !MonitoringFiles.MetricsOf(query).Intersect(begunLater).Any() && !query.Contains("buddies_version_impressions", StringComparison.Ordinal)))
        {
            Assert.True((await prometheus.QueryAsync(query)).Count > 0, $"A panel shows nothing: {query}");
        }

        var rules = await prometheus.WaitAsync("/api/v1/rules", AreAllEvaluated, "rules were not evaluated");
        var states = RulesOf(rules).Where(rule => rule.GetProperty("type").GetString() == "alerting")
            .ToDictionary(rule => rule.GetProperty("name").GetString()!, rule => rule.GetProperty("state").GetString());
        Assert.Equal(MonitoringFiles.Alerts.Count, states.Count);
        Assert.All(s_ofSpeed, name => Assert.Contains(name, states.Keys));
        Assert.All(states.Where(state => !s_ofSpeed.Contains(state.Key)), state => Assert.NotEqual("firing", state.Value));
    }

    /// <summary>Until the server has been scraped.</summary>
    public static Task UntilScrapedAsync(PrometheusProcess prometheus) => prometheus.WaitAsync(
        "/api/v1/targets",
        targets => targets.GetProperty("activeTargets").EnumerateArray().Any(target => target.GetProperty("health").GetString() == "up"),
        "the server was never scraped");

    /// <summary>Pages, events, one of them malformed, and a live page that one's own event changes.</summary>
    public static async Task ListenAsync(HttpClient client)
    {
        foreach (var user in s_users)
        {
            (await client.GetAsync($"/v1/users/{user}/home")).EnsureSuccessStatusCode().Dispose();
        }

        using var stream = await client.GetStreamAsync($"/v1/users/{s_users[0]}/home/live");
        using var reader = new StreamReader(stream);
        string? line;
        for (var sent = 0; (line = await reader.ReadLineAsync()) is not null && !line.Contains("latencyMs", StringComparison.Ordinal);)
        {
            if (line.Length == 0 && sent < 20)
            {
                await PostAsync(client, sent++);
            }
        }

        Assert.NotNull(line);
    }

    private static IEnumerable<JsonElement> RulesOf(JsonElement rules) =>
        rules.GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray());

    private static bool AreAllEvaluated(JsonElement rules)
    {
        var all = RulesOf(rules).ToArray();
        Assert.All(all, rule => Assert.False(rule.TryGetProperty("lastError", out var error), $"{rule.GetProperty("name")}: {error}"));
        return all.Length == MonitoringFiles.Rules.Count && all.All(rule => rule.GetProperty("health").GetString() == "ok");
    }

    // Hiding what is on the page changes the page for certain.
    private static async Task PostAsync(HttpClient client, int number)
    {
        var home = await client.GetFromJsonAsync<JsonElement>($"/v1/users/{s_users[0]}/home?shelves=1&cards=1");
        var shown = home.GetProperty("shelves")[0].GetProperty("cards")[0].GetProperty("playlistId").GetString();
        object[] events =
        [
            new { eventId = $"p{number}", userId = s_users[0], kind = "hide", playlistId = shown, occurredAt = DateTimeOffset.UtcNow },
            new { eventId = $"l{number}", userId = s_users[1], kind = "listen", trackId = SyntheticWorld.TrackId(number).Value, occurredAt = DateTimeOffset.UtcNow },
            new { eventId = $"x{number}", userId = s_users[1], kind = "dance", occurredAt = DateTimeOffset.UtcNow },
        ];
        (await client.PostAsJsonAsync("/v1/events", events)).EnsureSuccessStatusCode().Dispose();
    }
}
