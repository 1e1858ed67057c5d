using Buddies.Api.Tests.Crash;
using Buddies.Storage.Sqlite;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Synth;

namespace Buddies.Api.Tests.Deployment;

/// <summary>A real Prometheus scrapes a real server and evaluates the rules.</summary>
public sealed class PrometheusTests : IDisposable
{
    /// <summary>A swap, which this test does not bring about.</summary>
    private static readonly string[] s_begunLater = ["buddies_swap_prepare_duration_seconds_bucket", "buddies_swap_flip_duration_seconds_bucket"];

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-prometheus-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [PrometheusFact]
    public async Task Prometheus_ScrapingAServer_FindsEveryMetricAndFiresNoAlert()
    {
        await MakeWorldAsync();
        using var server = await ServerProcess.StartAsync(_directory);
        using var prometheus = PrometheusProcess.Start(_directory, server.Client.BaseAddress!);
        await MonitoringCheck.UntilScrapedAsync(prometheus);
        await MonitoringCheck.ListenAsync(server.Client);
        await MonitoringCheck.RunAsync(prometheus, s_begunLater);
    }

    private async Task MakeWorldAsync()
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        var world = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = 80, Tracks = 200, Artists = 20, Communities = 2, EventsPerListener = 20, Seed = 5, AsOf = TimeProvider.System.GetUtcNow(),
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
}
