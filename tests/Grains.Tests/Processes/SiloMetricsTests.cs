using System.Globalization;
using System.Text.RegularExpressions;
using Buddies.Api.Tests.Deployment;
using Buddies.Storage.Tests.Postgres;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Processes;

/// <summary>What Prometheus gets from a silo as it runs.</summary>
public sealed partial class SiloMetricsTests
{
    /// <summary>Begins with its first event, which takes two days at least.</summary>
    private const string BegunLater = "buddies_version_engagement_falls_total";

    [PrivatePostgresFact]
    public async Task Silo_WithListenersAndASwap_ExportsTheCatalogueAndNothingElse_AndRulesAndPanelsFindTheirMetrics()
    {
        await using var world = await SmallWorld.MakeAsync(300);
        await using (var store = await world.OpenAsync())
        {
            Assert.Equal(2, (await world.RegisterAsync(store)).Value);
        }

        var silo = await world.StartAsync();
        using var prometheus = Programs.Has("prometheus") ? PrometheusProcess.Start(world.Directory, silo.Url) : null;
        using var caller = new Caller(silo.Url);
        foreach (var verb in new[] { "validate", "promote" })
        {
            await caller.AskAsync(HttpMethod.Post, $"/v1/snapshots/2/{verb}", new { why = "a test" });
        }

        // Sets are made when listeners come to the version that serves.
        while ((await caller.GetAsync("/v1/doorman")).GetProperty("serving").GetInt32() != 2)
        {
            await Task.Yield();
        }

        using var http = new HttpClient { BaseAddress = silo.Url };
        await MonitoringCheck.ListenAsync(http);
        await caller.AskAsync(HttpMethod.Post, "/v1/events", Enumerable.Range(0, 40).Select(i => new
        {
            eventId = $"e{i}", userId = SyntheticWorld.ListenerId(i).Value, kind = "listen", trackId = SyntheticWorld.TrackId(1).Value, occurredAt = DateTimeOffset.UtcNow,
        }).ToArray());

        var listed = MetricsCatalogue.Rows.Where(row => row.IsOurs && row.IsOfSilos && row.Name != BegunLater).Select(row => $"{row.Type} {row.Name}").Order(StringComparer.Ordinal).ToArray();
        var (scrape, exported) = ("", Array.Empty<string>());
        for (var end = DateTime.UtcNow.AddMinutes(1); !listed.SequenceEqual(exported) && DateTime.UtcNow < end;)
        {
            await Task.Delay(100); // Until the audit has come round.
            scrape = await caller.TextAsync("/metrics");
            exported = [.. Family().Matches(scrape).Select(match => $"{match.Groups[2].Value} {match.Groups[1].Value}").Order(StringComparer.Ordinal)];
        }

        Assert.Equal(listed, exported);
        Assert.Equal(300, Value(scrape, "buddies_listeners"));
        Assert.Equal(300, Value(scrape, "buddies_sets_residents"));
        Assert.Equal(2, Value(scrape, "buddies_snapshot_version"));
        Assert.InRange(Value(scrape, "buddies_snapshot_age_seconds"), 0, 3600);
        Assert.InRange(Value(scrape, "buddies_audit_recall"), 0.9, 1);
        Assert.InRange(Value(scrape, "buddies_events_applied_total"), 42, 80);
        Assert.Equal(Value(scrape, "buddies_events_applied_total"), Value(scrape, "buddies_ingest_accepted_total"));
        Assert.Equal(0, Value(scrape, "buddies_events_pending"));
        Assert.Equal(0, Value(scrape, "buddies_events_unapplied"));
        Assert.Equal(0, Value(scrape, "buddies_partition_failures_total"));
        Assert.Equal(1, Value(scrape, "buddies_swap_prepare_duration_seconds_count"));
        Assert.Equal(1, Value(scrape, "buddies_swap_flip_duration_seconds_count"));
        Assert.InRange(Value(scrape, "buddies_version_memory_bytes{version=\"2\"}"), 1, double.MaxValue);
        Assert.InRange(Value(scrape, "buddies_pages_push_delay_seconds_count"), 1, double.MaxValue);

        if (prometheus is not null)
        {
            await MonitoringCheck.RunAsync(prometheus, []);
        }
    }

    private static double Value(string scrape, string name)
    {
        var line = Regex.Match(scrape, $"^{Regex.Escape(name)} (.+)$", RegexOptions.Multiline);
        Assert.True(line.Success, $"No {name} in:\n{scrape}");
        return double.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("^# TYPE (buddies_\\w+) (\\w+)$", RegexOptions.Multiline)]
    private static partial Regex Family();
}
