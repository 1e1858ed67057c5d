using System.Text.RegularExpressions;

namespace Buddies.Api.Tests.Deployment;

/// <summary>Alerts are whole: metrics that exist, a runbook, and tests in which each fires and does not fire.</summary>
public sealed partial class RuleTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-rules-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void Alerts_EachHasItsRunbook_AndEachRunbookItsAlert()
    {
        var headings = Heading().Matches(Programs.Read("docs", "operations.md")).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal);
        Assert.Equal(MonitoringFiles.Alerts.Select(a => a.Text("alert")!).Order(StringComparer.Ordinal), headings);
        foreach (var alert in MonitoringFiles.Alerts)
        {
            var name = alert.Text("alert")!;
            Assert.EndsWith($"/docs/operations.md#{name.ToLowerInvariant()}", alert.Text("annotations", "runbook_url"), StringComparison.Ordinal);
            Assert.NotNull(alert.Text("annotations", "summary"));
            Assert.Contains(alert.Text("labels", "severity"), (string[])["page", "ticket"]);
        }
    }

    [Fact]
    public void Alerts_EachIsExpectedToFireAndNotTo()
    {
        var expectations = YamlPaths.Documents(File.ReadAllText(Path.Combine(MonitoringFiles.Folder, "alerts.test.yaml")))[0]
            .Items("tests").SelectMany(test => test.Items("promql_expr_test"))
            .Select(expected => (Query: expected.Text("expr")!, Fires: expected.Items("exp_samples").Count > 0)).ToArray();
        foreach (var name in MonitoringFiles.Alerts.Select(a => a.Text("alert")!))
        {
            Assert.True(expectations.Any(e => e.Fires && e.Query.Contains($"\"{name}\"", StringComparison.Ordinal)), $"No test lets {name} fire.");
            Assert.True(expectations.Any(e => !e.Fires && e.Query.Contains(name, StringComparison.Ordinal)), $"No test says when {name} does not fire.");
        }
    }

    [Fact]
    public void Metrics_OfRulesPanelsAndScaling_AreInTheCatalogue()
    {
        var queries = MonitoringFiles.Rules.Select(r => r.Text("expr")!).Concat(MonitoringFiles.PanelQueries).ToList();
        var scaled = Programs.Read("k8s", "base", "silo-scaling.yaml");
        queries.Add(Scaled().Match(scaled).Groups[1].Value);
        Assert.Contains(queries[^1], Programs.Read("k8s", "components", "monitoring", "adapter-rules.yaml"), StringComparison.Ordinal);
        var named = queries.SelectMany(MonitoringFiles.MetricsOf).Distinct(StringComparer.Ordinal).ToArray();
        Assert.Contains("buddies_events_pending", named);
        Assert.All(named, name => Assert.True(
            name == "up" || MonitoringFiles.Recorded.Contains(name) || MetricsCatalogue.Series.Contains(name), $"{name} is not in docs/metrics.md."));
    }

    [Fact]
    public void Sums_OfRulesAndPanels_AreOfWhatAddsUpOverSilos()
    {
        var summed = MonitoringFiles.Rules.Select(r => r.Text("expr")!).Concat(MonitoringFiles.PanelQueries)
            .SelectMany(query => Summed().Matches(query)).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal).ToArray();
        Assert.Contains("buddies_sets_active", summed);
        Assert.Contains("buddies_events_apply_delay_seconds_bucket", summed);
        foreach (var row in MetricsCatalogue.Rows.Where(row => row.Silos is "same" or "own"))
        {
            Assert.DoesNotContain(row.Name, summed);
        }
    }

    [Fact]
    public void Thresholds_OfLimits_AreThoseOfTheProgram()
    {
        Assert.Contains($"> {new BuddiesApiOptions().MaxLiveStreams * 9 / 10}", Expression("BuddiesStreamsNearLimit"), StringComparison.Ordinal);
        var queue = new Buddies.Embedded.EmbeddedOptions { DataDirectory = "" }.MaxPendingEvents / 2;
        Assert.Contains($"> {queue}", Expression("BuddiesQueueDeep"), StringComparison.Ordinal);
        Assert.Contains($"> {queue}", Expression("BuddiesApplyBehind"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sum by (le) (rate(a_bucket{job=\"x\",le=\"0.2\"}[5m])) > 0.5 unless on (instance) b:c offset 1h", "a_bucket b:c")]
    [InlineData("histogram_quantile(0.99, up) or absent(d{e=~\"f.*\"})", "up d")]
    public void MetricsOf_AQuery_AreItsMetricsAlone(string query, string expected) =>
        Assert.Equal(expected.Split(' '), MonitoringFiles.MetricsOf(query));

    [PrometheusFact]
    public async Task Promtool_OfRulesAndTheirTests_HasNothingToSay()
    {
        MonitoringFiles.WriteRules(Path.Combine(_directory, "rules.plain.yaml"));
        File.Copy(Path.Combine(MonitoringFiles.Folder, "alerts.test.yaml"), Path.Combine(_directory, "alerts.test.yaml"));
        var (code, output) = await Programs.RunAsync("promtool", "check", "rules", Path.Combine(_directory, "rules.plain.yaml"));
        Assert.True(code == 0 && output.Contains($"{MonitoringFiles.Rules.Count} rules found", StringComparison.Ordinal), output);
        (code, output) = await Programs.RunAsync("promtool", "test", "rules", Path.Combine(_directory, "alerts.test.yaml"));
        Assert.True(code == 0, output);
    }

    private static string Expression(string alert) => MonitoringFiles.Alerts.Single(a => a.Text("alert") == alert).Text("expr")!;

    [GeneratedRegex("^### (Buddies\\w+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("\\bsum\\s*(?:by\\s*\\([^)]*\\)\\s*)?\\((?:rate\\(|increase\\()?([a-z_]+)")]
    private static partial Regex Summed();

    [GeneratedRegex("metric: \\{name: (\\w+)\\}")]
    private static partial Regex Scaled();
}
