using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Postgres;
using Buddies.Storage.Tests.Postgres;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Synth;
using Npgsql;
using Xunit.Abstractions;

namespace Buddies.Grains.Tests.Processes;

/// <summary>
/// A version let in while one of three silos, processes over one PostgreSQL, is cut off: it answers nobody by the former
/// version once the others have gone on, and comes back with the new one.
/// </summary>
public sealed class PartitionTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Cut = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly string[] s_options = ["--prepare-timeout", "6"];
    private static readonly string[] s_users = [.. Enumerable.Range(0, 30).Select(i => SyntheticWorld.ListenerId(i).Value)];

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-partition-").FullName;
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly List<SiloProcess> _silos = [];
    private PrivatePostgres _postgres = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _silos.ForEach(silo => silo.Dispose());
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        Directory.Delete(_directory, true);
    }

    [PrivatePostgresFact]
    public async Task ASiloCutOffFromTheDatabase_WhileAVersionIsLetIn_IsFenced_AndComesBackWithIt()
    {
        await MakeWorldAsync();
        var there = new NpgsqlConnectionStringBuilder(_postgres.ConnectionString);
        await using var network = CutProxy.To(new UnixDomainSocketEndPoint(Path.Combine(there.Host!, $".s.PGSQL.{there.Port}")));
        (there.Host, there.Port) = ("127.0.0.1", network.Port);
        await StartAsync(there.ToString());
        var second = await ValidateAsync(2);

        network.Cut();
        await PromoteAsync(second);
        await UntilAsync("the others serve the new version", async () => await ServesAsync(0, second) && await ServesAsync(1, second));
        var answered = await ReadAllAsync();
        Assert.All(answered, version => Assert.Equal(second.Value, version)); // Whoever answers now: the flip is over.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadinessAsync(Cut));
        Assert.Equal(["Admitted", "ShutOut", "Fenced"], await JournalAsync());

        network.Mend();
        await UntilAsync("it is back", async () => await ReadinessAsync(Cut) == HttpStatusCode.OK && await ServesAsync(Cut, second));
        await UntilAsync("it answers", async () => (await ReadAllAsync()).Count == s_users.Length * _silos.Count);
        Assert.All(await ReadAllAsync(), version => Assert.Equal(second.Value, version));
        Assert.Equal(["Admitted", "ShutOut", "Fenced", "Admitted"], await JournalAsync());
        output.WriteLine($"{answered.Count} of {s_users.Length * _silos.Count} pages answered while it was cut off");
    }

    [PrivatePostgresFact]
    public async Task ASiloCutOffFromEverybody_WhileAVersionIsLetIn_NeverAnswersByTheFormerOneAgain()
    {
        await MakeWorldAsync();
        await StartAsync(_postgres.ConnectionString);
        var second = await ValidateAsync(2);

        // It stands still: neither its peers nor the database hear of it, and it does not hear of the swap.
        await _silos[Cut].FreezeAsync();
        await PromoteAsync(second);
        await UntilAsync("the others serve the new version", async () => await ServesAsync(0, second) && await ServesAsync(1, second));
        var asked = s_users.Select(user => ReadAsync(Cut, user)).ToArray(); // They wait for it when it goes on.
        await _silos[Cut].ThawAsync();
        Assert.All(await Task.WhenAll(asked), version => Assert.True(version is null || version == second.Value, $"it answered by version {version}"));

        // Where the cluster has agreed that it is gone it learns that and ends, and whoever runs it starts it again.
        await UntilAsync("all answer", async () =>
        {
            if (_silos[Cut].HasEnded)
            {
                output.WriteLine("it has ended");
                _silos[Cut].Dispose();
                _silos[Cut] = await SiloProcess.StartAsync(_directory, _postgres.ConnectionString, s_options);
            }

            return (await ReadAllAsync()).Count == s_users.Length * _silos.Count;
        });
        Assert.All(await ReadAllAsync(), version => Assert.Equal(second.Value, version));
    }

    private async Task MakeWorldAsync()
    {
        _postgres = await PrivatePostgres.StartAsync(fsync: false);
        await using var store = await PostgresStore.OpenAsync(_postgres.ConnectionString);
        var world = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = 200, Tracks = 500, Artists = 60, Communities = 6, EventsPerListener = 50, Seed = 5, AsOf = TimeProvider.System.GetUtcNow(),
        });
        await using (var session = await store.BeginImportAsync("synth", default))
        {
            world.WriteTo(session, null, default);
            await session.CommitAsync(default);
        }

        await ModelTrainer.PromoteAsync(store, await TrainAsync(store, 1), default);
    }

    private async Task<SnapshotVersion> TrainAsync(PostgresStore store, int seed)
    {
        var options = new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 4, Threads = 1, Seed = seed }, Holdout = new HoldoutOptions() };
        return (await ModelTrainer.TrainAsync(store, _directory, options, null, TimeProvider.System, default)).Model.Version;
    }

    private async Task StartAsync(string connectionOfTheCutOne)
    {
        for (var i = 0; i < Cut; i++)
        {
            _silos.Add(await SiloProcess.StartAsync(_directory, _postgres.ConnectionString, s_options));
        }

        _silos.Add(await SiloProcess.StartAsync(_directory, connectionOfTheCutOne, s_options));
        await UntilAsync("all answer", async () => (await ReadAllAsync()).Count == s_users.Length * _silos.Count);
    }

    private async Task<SnapshotVersion> ValidateAsync(int seed)
    {
        await using var store = await PostgresStore.OpenAsync(_postgres.ConnectionString);
        var version = await TrainAsync(store, seed);
        await AskAsync($"/v1/snapshots/{version.Value}/validate");
        return version;
    }

    private Task PromoteAsync(SnapshotVersion version) => AskAsync($"/v1/snapshots/{version.Value}/promote");

    private async Task AskAsync(string path)
    {
        using var answer = await s_http.PostAsJsonAsync(new Uri(_silos[0].Url, path), new { why = "a test" });
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private async Task<bool> ServesAsync(int silo, SnapshotVersion version)
    {
        var state = await TryGetAsync(silo, "/v1/doorman?journal=0");
        return state is { } known && known.GetProperty("current").GetInt32() == version.Value && known.GetProperty("serving").GetInt32() == version.Value;
    }

    /// <summary>What the record says became of the silo that was cut off.</summary>
    private async Task<string[]> JournalAsync()
    {
        await using var store = await PostgresStore.OpenAsync(_postgres.ConnectionString);
        var journal = await store.Doorman.ReadJournalAsync(0, 1000, default);
        var who = journal.Where(entry => entry.Action == Engine.Doorman.JournalAction.Admitted).Select(entry => entry.Who).Distinct().Last();
        return [.. journal.Where(entry => entry.Who == who).Select(entry => entry.Action.ToString())];
    }

    /// <summary>Everybody's page through every silo: the versions of those that were answered.</summary>
    private async Task<IReadOnlyList<int>> ReadAllAsync()
    {
        var asked = Enumerable.Range(0, _silos.Count).SelectMany(silo => s_users.Select(user => ReadAsync(silo, user)));
        return [.. (await Task.WhenAll(asked)).OfType<int>()];
    }

    private async Task<int?> ReadAsync(int silo, string user) =>
        (await TryGetAsync(silo, $"/v1/users/{user}/home"))?.GetProperty("snapshotVersion").GetInt32();

    private async Task<HttpStatusCode> ReadinessAsync(int silo)
    {
        using var answer = await s_http.GetAsync(new Uri(_silos[silo].Url, "/health/ready"));
        return answer.StatusCode;
    }

    /// <returns>Null where it does not answer now.</returns>
    private async Task<JsonElement?> TryGetAsync(int silo, string path)
    {
        try
        {
            using var answer = await s_http.GetAsync(new Uri(_silos[silo].Url, path));
            Assert.True((int)answer.StatusCode is 200 or 503, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!await isSo())
        {
            Assert.False(patience.IsCancellationRequested, $"not in time: {what}\n{string.Join("\n\n", _silos.Select(silo => silo.Log))}");
            await Task.Yield();
        }
    }
}
