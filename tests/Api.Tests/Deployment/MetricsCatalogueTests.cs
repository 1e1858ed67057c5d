using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Buddies.Api.Metrics;
using Buddies.Api.Startup;
using Buddies.Embedded;
using Buddies.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Buddies.Api.Tests.Deployment;

/// <summary>docs/metrics.md lists what is exported, all of it and nothing else.</summary>
public sealed partial class MetricsCatalogueTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-metrics-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public async Task Catalogue_OfTheOneProcessServer_IsWhatItsMetersHave()
    {
        var exported = await InstrumentsAsync();
        var listed = MetricsCatalogue.Rows.Where(row => row.IsOurs);
        Assert.Equal(
            exported.Select(e => $"{e.Value} {e.Key}").Order(StringComparer.Ordinal),
            listed.Select(row => $"{row.Type} {row.Name}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Catalogue_EveryInstrumentInTheSources_IsListed()
    {
        // The silo's need Orleans to be made, and are compared in tests/Grains.Tests; their names can be read all the same.
        var names = new[] { "Api", "Embedded", "Engine", "Grains", "Silo", "Storage" }
            .SelectMany(project => Directory.GetFiles(Path.Combine(Programs.Root, "src", project), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Instrument().Matches(File.ReadAllText(file)).SelectMany(m => OwnersOf(file).Select(isCluster => (Name: m.Groups[1].Value.Replace('.', '_'), IsCluster: isCluster))))
            .Distinct().ToArray();
        Assert.Contains(("buddies_ingest_accepted", false), names);
        Assert.Contains(("buddies_audit_samples", false), names);
        foreach (var (name, isCluster) in names)
        {
            Assert.True(
                MetricsCatalogue.Rows.Any(row => IsOf(row.Name, name) && (row.IsOfSilos || !isCluster)),
                $"{name} is exported{(isCluster ? " by silos" : "")} and docs/metrics.md does not say so.");
        }

        foreach (var row in MetricsCatalogue.Rows.Where(row => row.IsOurs))
        {
            Assert.True(names.Any(n => IsOf(row.Name, n.Name)), $"docs/metrics.md lists {row.Name}, which nothing exports.");
        }
    }

    [Fact]
    public async Task Catalogue_OfTheFramework_IsExported()
    {
        await using var host = await ApiHost.StartAsync();
        await host.GetAsync("/v1/status");
        var scrape = (await host.GetAsync("/metrics")).Body;
        Assert.All(
            MetricsCatalogue.Rows.Where(row => !row.IsOurs),
            row => Assert.Contains($"# TYPE {row.Name} {row.Type}\n", scrape, StringComparison.Ordinal));
    }

    /// <summary>Of the store, which both kinds of server have, each is listed for both.</summary>
    private static bool[] OwnersOf(string file) =>
        file.Contains($"src{Path.DirectorySeparatorChar}Storage", StringComparison.Ordinal) ? [false, true] : [IsClusters(file)];

    private static bool IsClusters(string file) => file.Contains($"src{Path.DirectorySeparatorChar}Grains", StringComparison.Ordinal)
        || file.Contains($"src{Path.DirectorySeparatorChar}Silo", StringComparison.Ordinal);

    private static bool IsOf(string listed, string instrument) => listed == instrument || listed == $"{instrument}_total"
        || listed == $"{instrument}_seconds" || listed == $"{instrument}_bytes";

    /// <summary>Every instrument of the meters of a server, by its name in Prometheus, with its type there.</summary>
    private async Task<ConcurrentDictionary<string, string>> InstrumentsAsync()
    {
        var found = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("Buddies.", StringComparison.Ordinal))
                {
                    var kind = instrument.GetType().Name;
                    var type = kind.Contains("Histogram", StringComparison.Ordinal) ? "histogram"
                        : kind.Contains("Counter", StringComparison.Ordinal) && !kind.Contains("UpDown", StringComparison.Ordinal) ? "counter" : "gauge";
                    found[PrometheusNames.Of(instrument.Name, instrument.Unit, type == "counter")] = type;
                }
            },
        };
        listener.Start();
        await using var host = await ApiHost.StartAsync();
        await host.GetAsync("/v1/status");
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        using var metrics = new EmbeddedMetrics();
        await using var runtime = new EmbeddedRuntime(
            store, new EmbeddedOptions { DataDirectory = _directory, FreshnessInterval = TimeSpan.FromHours(1) }, TimeProvider.System, metrics, NullLogger<EmbeddedRuntime>.Instance);
        await runtime.StartAsync(default);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        await using var erasures = new ErasureDeadline(
            store, _directory, TimeSpan.FromDays(1), services.GetRequiredService<IMeterFactory>(), TimeProvider.System, NullLogger<ErasureDeadline>.Instance);
        return found;
    }

    // By a meter, or by a helper that hands the name on; names of spans and their tags are no instruments.
    [GeneratedRegex("(?:Create|Observe|Counter|Histogram)\\w*(?:<\\w+>)?\\(\\s*(?:\\w+,\\s*)?\"(buddies\\.[a-z0-9_.]+)\"")]
    private static partial Regex Instrument();
}
