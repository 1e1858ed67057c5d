using System.Globalization;
using System.Text.RegularExpressions;
using Buddies.Storage.Postgres;
using Buddies.Storage.Tests.Postgres;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Processes;

/// <summary>What Prometheus gets from a silo as it runs.</summary>
public sealed class SiloMetricsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-silo-metrics-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [PrivatePostgresFact]
    public async Task Silo_Scraped_ShowsItsQueueItsListenersAndTheAgeOfItsModel()
    {
        await using var postgres = await PrivatePostgres.StartAsync(fsync: false);
        await using (var store = await PostgresStore.OpenAsync(postgres.ConnectionString))
        {
            var world = SyntheticWorld.Create(new SyntheticWorldOptions
            {
                Listeners = 40, Tracks = 60, Artists = 10, Communities = 2, EventsPerListener = 10, Seed = 5, AsOf = TimeProvider.System.GetUtcNow(),
            });
            await using (var session = await store.BeginImportAsync("synth", default))
            {
                world.WriteTo(session, null, default);
                await session.CommitAsync(default);
            }

            var options = new TrainOptions { Als = new AlsOptions { Dimension = 8, Epochs = 2, Threads = 1 } };
            var trained = await ModelTrainer.TrainAsync(store, _directory, options, null, TimeProvider.System, default);
            await ModelTrainer.PromoteAsync(store, trained.Model.Version, default);
        }

        using var silo = await SiloProcess.StartAsync(_directory, postgres.ConnectionString);
        using var http = new HttpClient { BaseAddress = silo.Url };
        var scrape = await http.GetStringAsync("/metrics");
        Assert.Equal(0, Value(scrape, "buddies_events_pending"));
        Assert.Equal(40, Value(scrape, "buddies_listeners"));
        Assert.Equal(0, Value(scrape, "buddies_listeners_active"));
        Assert.Equal(1, Value(scrape, "buddies_snapshot_version"));
        Assert.InRange(Value(scrape, "buddies_snapshot_age_seconds"), 0, 3600);
        Assert.Equal(0.05, Value(scrape, "buddies_freshness_objective_seconds"));
        Assert.Contains("buddies_freshness_probes_total{result=\"fresh\"}", scrape, StringComparison.Ordinal);
    }

    private static double Value(string scrape, string name)
    {
        var line = Regex.Match(scrape, $"^{name} (.+)$", RegexOptions.Multiline);
        Assert.True(line.Success, $"No {name} in:\n{scrape}");
        return double.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
    }
}
