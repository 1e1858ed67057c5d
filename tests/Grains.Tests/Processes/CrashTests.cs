using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Buddies.Storage.Postgres;
using Buddies.Storage.Tests.Postgres;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Processes;

/// <summary>Silos as they run: processes of their own over one PostgreSQL, one of them killed with SIGKILL under load.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Silos = 3;
    private const int Rounds = 60;

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-silos-").FullName;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly List<SiloProcess> _silos = [];

    public void Dispose()
    {
        foreach (var silo in _silos)
        {
            silo.Dispose();
        }

        _http.Dispose();
        Directory.Delete(_directory, true);
    }

    [PrivatePostgresFact]
    public async Task ASiloKilledUnderLoad_LosesNoAcknowledgedEventAndDoublesNone()
    {
        await using var postgres = await PrivatePostgres.StartAsync(fsync: true);
        var users = Enumerable.Range(0, 30).Select(i => SyntheticWorld.ListenerId(i).Value).ToArray();
        await MakeWorldAsync(postgres.ConnectionString);
        for (var i = 0; i < Silos; i++)
        {
            _silos.Add(await SiloProcess.StartAsync(_directory, postgres.ConnectionString));
        }

        var before = await Task.WhenAll(users.Select(user => CountAsync(_silos[0], user)));
        for (var round = 0; round < Rounds; round++)
        {
            if (round == Rounds / 3)
            {
                _silos[2].Kill();
            }

            await SendAsync(round, users);
        }

        var after = await Task.WhenAll(users.Select(user => CountAsync(_silos[1], user)));
        Assert.Equal(before.Select(count => count + Rounds), after);
    }

    [PrivatePostgresFact]
    public async Task ASiloToldToStop_SavesWhatItHas_AndLeavesTheRecord()
    {
        await using var postgres = await PrivatePostgres.StartAsync(fsync: true);
        var users = Enumerable.Range(0, 30).Select(i => SyntheticWorld.ListenerId(i).Value).ToArray();
        await MakeWorldAsync(postgres.ConnectionString);
        _silos.Add(await SiloProcess.StartAsync(_directory, postgres.ConnectionString));
        _silos.Add(await SiloProcess.StartAsync(_directory, postgres.ConnectionString));
        for (var round = 0; round < 5; round++)
        {
            await SendAsync(round, users);
        }

        Assert.Equal(0, await _silos[0].TerminateAsync());
        await using (var store = await PostgresStore.OpenAsync(postgres.ConnectionString))
        {
            var record = await store.Doorman.ReadAsync(default);
            Assert.Single(record.Nodes);
            Assert.Empty(record.Fencing);
        }

        Assert.Equal(0, await _silos[1].TerminateAsync());
        await using var left = await PostgresStore.OpenAsync(postgres.ConnectionString);
        Assert.Empty((await left.Doorman.ReadAsync(default)).Nodes);
        foreach (var user in users)
        {
            var last = (await left.Events.ReadUserAsync(new(user), 0, default))[^1].Offset;
            Assert.Equal(last, (await left.Checkpoints.ReadAsync(new(user), default))!.Value.Offset);
        }
    }

    [PrivatePostgresFact]
    public async Task AllSilosKilled_TheNextOneStarts_WithEverything()
    {
        await using var postgres = await PrivatePostgres.StartAsync(fsync: true);
        var users = Enumerable.Range(0, 30).Select(i => SyntheticWorld.ListenerId(i).Value).ToArray();
        await MakeWorldAsync(postgres.ConnectionString);
        _silos.Add(await SiloProcess.StartAsync(_directory, postgres.ConnectionString));
        _silos.Add(await SiloProcess.StartAsync(_directory, postgres.ConnectionString));
        var before = await Task.WhenAll(users.Select(user => CountAsync(_silos[0], user)));
        await SendAsync(0, users);
        _silos[0].Kill();
        _silos[1].Kill();
        _silos.Add(await SiloProcess.StartAsync(_directory, postgres.ConnectionString));
        Assert.Equal(before.Select(count => count + 1), await Task.WhenAll(users.Select(user => CountAsync(_silos[2], user))));
    }

    private async Task MakeWorldAsync(string connection)
    {
        await using var store = await PostgresStore.OpenAsync(connection);
        var world = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = 60, Tracks = 200, Artists = 30, Communities = 3, EventsPerListener = 20, Seed = 5, AsOf = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        });
        await using (var session = await store.BeginImportAsync("synth", default))
        {
            world.WriteTo(session, null, default);
            await session.CommitAsync(default);
        }

        var options = new TrainOptions { Als = new AlsOptions { Dimension = 8, Epochs = 3, Threads = 1 } };
        var trained = await ModelTrainer.TrainAsync(store, _directory, options, null, TimeProvider.System, default);
        await ModelTrainer.PromoteAsync(store, trained.Model.Version, default);
    }

    /// <summary>As a producer does: the same events again, to one silo after the other, until they are acknowledged.</summary>
    private async Task SendAsync(int round, string[] users)
    {
        var events = users.Select(user => new
        {
            eventId = string.Create(CultureInfo.InvariantCulture, $"r{round}"),
            userId = user,
            kind = "listen",
            trackId = SyntheticWorld.TrackId(round).Value,
            occurredAt = DateTimeOffset.UtcNow,
        }).ToArray();
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            try
            {
                using var answer = await _http.PostAsJsonAsync(new Uri(_silos[(round + attempt) % _silos.Count].Url, "/v1/events"), events);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // That one was killed.
            }
        }

        Assert.Fail($"round {round} was never acknowledged:\n{_silos[0].Log}");
    }

    private async Task<long> CountAsync(SiloProcess silo, string user)
    {
        var taste = await _http.GetFromJsonAsync<JsonElement>(new Uri(silo.Url, $"/v1/users/{user}/taste"));
        return taste.GetProperty("counts").GetProperty("events").GetInt64();
    }
}
