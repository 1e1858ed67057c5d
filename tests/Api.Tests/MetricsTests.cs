using System.Globalization;
using System.Text.RegularExpressions;
using Buddies.Api.Metrics;
using Buddies.Engine.Serving;

namespace Buddies.Api.Tests;

/// <summary>Meters are heard by name throughout the process: another host that comes and goes would be heard too.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed partial class MetricsTests
{
    [Fact]
    public async Task Metrics_Scrape_FollowsTheFormatLineByLine()
    {
        await using var host = await ApiHost.StartAsync();
        await host.PostEventsAsync("""[{"eventId":"e","userId":"u","kind":"like","trackId":"t","occurredAt":"2026-01-31T11:00:00Z"},{}]""");
        host.Recommender.Updates.Writer.TryWrite(new HomeUpdate(FakeRecommender.Page("u", 1), TimeSpan.FromMilliseconds(3)));
        host.Recommender.Updates.Writer.TryWrite(new BuddiesUpdate(FakeRecommender.Buddies("u"), 2, null));
        host.Recommender.Updates.Writer.Complete();
        await host.GetAsync("/v1/users/u/home/live");

        var scrapes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.GetAsync("/metrics")));
        Assert.All(scrapes, s => Assert.Equal("text/plain; version=0.0.4; charset=utf-8", s.ContentHeaders.ContentType?.ToString()));
        foreach (var scrape in scrapes)
        {
            var samples = Parse(scrape.Body);
            Assert.True(samples["buddies_ingest_accepted_total"] >= 1);
            Assert.True(samples["buddies_ingest_rejected_total"] >= 1);
            Assert.True(samples["buddies_live_pages_total"] >= 1);
            Assert.True(samples["buddies_live_lists_total"] >= 1);
            Assert.True(samples["buddies_live_push_latency_seconds_count"] >= 1);
            Assert.Contains("buddies_live_streams", samples.Keys);
            Assert.Contains(samples.Keys, k => k.StartsWith("http_server_request_duration_seconds_bucket{", StringComparison.Ordinal));
            Assert.Contains(samples.Keys, k => k.StartsWith("dotnet_", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("a.b", "s", true, "a_b_seconds_total")]
    [InlineData("a.b", "{event}", true, "a_b_total")]
    [InlineData("a.bytes", "By", false, "a_bytes")]
    [InlineData("9-é", "1", false, "_9__")]
    public void Name_OfAnInstrument_IsPrometheus(string name, string unit, bool isCounter, string expected) =>
        Assert.Equal(expected, PrometheusNames.Of(name, unit, isCounter));

    [Fact]
    public void Label_SpecialCharacters_AreEscaped() =>
        Assert.Equal("a\\\\b\\\"c\\nd", PrometheusNames.EscapeLabel("a\\b\"c\nd"));

    private static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var samples = new Dictionary<string, double>();
        var types = new Dictionary<string, string>();
        (string Series, double Bound, double Count) last = ("", 0, 0);
        foreach (var line in text[..^1].Split('\n'))
        {
            if (TypeLine().Match(line) is { Success: true } type)
            {
                Assert.True(types.TryAdd(type.Groups[1].Value, type.Groups[2].Value), $"Twice: {line}");
            }
            else if (!HelpLine().IsMatch(line))
            {
                var sample = SampleLine().Match(line);
                Assert.True(sample.Success, $"Not a line of the format: {line}");
                var name = sample.Groups["name"].Value;
                Assert.True(types.ContainsKey(name) || types.GetValueOrDefault(Suffix().Replace(name, "")) == "histogram", $"No type for {line}");
                var text1 = sample.Groups["value"].Value;
                var value = text1 == "+Inf" ? double.PositiveInfinity : double.Parse(text1, CultureInfo.InvariantCulture);
                Assert.True(samples.TryAdd(name + sample.Groups["labels"].Value, value), $"Twice: {line}");
                last = CheckBucket(line, last, value);
            }
        }

        return samples;
    }

    private static (string, double, double) CheckBucket(string line, (string Series, double Bound, double Count) last, double value)
    {
        if (Bucket().Match(line) is not { Success: true } bucket)
        {
            Assert.True(last.Series.Length == 0 || double.IsPositiveInfinity(last.Bound), $"No +Inf bucket before {line}");
            return ("", 0, 0);
        }

        var series = bucket.Groups[1].Value;
        var bound = bucket.Groups[2].Value == "+Inf" ? double.PositiveInfinity : double.Parse(bucket.Groups[2].Value, CultureInfo.InvariantCulture);
        if (series == last.Series)
        {
            Assert.True(bound > last.Bound && value >= last.Count, $"Not cumulative: {line}");
        }

        return (series, bound, value);
    }

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* .+$")]
    private static partial Regex HelpLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\["\\n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\["\\n])*")*\})? (?<value>-?[0-9.]+(?:E[+-]?[0-9]+)?|\+Inf|NaN)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("^(.*_bucket\\{.*)le=\"([^\"]+)\"\\}")]
    private static partial Regex Bucket();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
