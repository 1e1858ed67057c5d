using System.Net.Http.Json;
using System.Text.Json;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Sqlite;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Synth;

namespace Buddies.Api.Tests.Crash;

/// <summary>A server that is killed with SIGKILL at every step of a swap.</summary>
public sealed class SwapKillTests : IDisposable
{
    private const int Listeners = 400;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-swap-kill-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    /// <summary>Steps as they follow each other in the journal; the server dies as soon as one of them can be read.</summary>
    [Fact]
    public async Task Server_KilledAtEachStepOfASwap_HasOneCurrentVersion_AndGoesOnWithIt()
    {
        await MakeWorldAsync(models: 5);
        string[] steps = ["validated", "preparing", "ready", "current"];
        for (var step = 0; step < steps.Length; step++)
        {
            var version = step + 2;
            using (var server = await ServerProcess.StartAsync(_directory))
            {
                await UntilAsync(server, _ => true, "the doorman");
                await AskAsync(server, $"/v1/snapshots/{version}/validate");
                var swap = step == 0 ? Task.CompletedTask : IgnoreAsync(AskAsync(server, $"/v1/snapshots/{version}/promote"));
                await UntilAsync(server, state => Journal(state).Contains((version, steps[step])), $"step {steps[step]} of version {version}");
                await server.KillAsync();
                await swap;
            }

            var current = await CurrentAsync();
            Assert.True(current == version || current == version - 1, $"killed at {steps[step]}: version {current} is current, expected {version - 1} or {version}");
            using var again = await ServerProcess.StartAsync(_directory);
            await AssertServesOneAsync(again, current);
            if (step == 0)
            {
                await UntilAsync(again, _ => true, "the doorman");
                await AskAsync(again, $"/v1/snapshots/{version}/promote");
            }

            // What was asked before is durable, and gone on with.
            var state = await UntilAsync(again, one => one.GetProperty("current").GetInt32() == version && one.GetProperty("serving").GetInt32() == version, $"version {version} after a kill at {steps[step]}");
            await AssertServesOneAsync(again, version);
            var times = Journal(state).Count(entry => entry == (version, "current"));
            Assert.True(times == 1, $"killed at {steps[step]}: the journal says {times} times that version {version} became current: {state}");
        }
    }

    /// <summary>What was acknowledged on a canary is in its counts, though the server that counted it was killed.</summary>
    [Fact]
    public async Task Server_KilledDuringACanary_CountsWhatWasAcknowledgedBefore()
    {
        await MakeWorldAsync(models: 2);
        JsonElement before;
        using (var server = await ServerProcess.StartAsync(_directory))
        {
            await UntilAsync(server, _ => true, "the doorman");
            await AskAsync(server, "/v1/snapshots/2/validate");
            await AskAsync(server, "/v1/snapshots/2/canary");
            _ = await UntilAsync(server, state => EngagementOf(state) is not null, "the canary");
            using var refused = await server.Client.PostAsync(new Uri("/v1/snapshots/1/validate", UriKind.Relative), null); // Behind whatever the doorman was at.
            for (var listener = 0; listener < Listeners; listener++)
            {
                var user = SyntheticWorld.ListenerId(listener).Value;
                object[] events =
                [
                    new { eventId = $"i-{listener}", userId = user, kind = "impression", playlistId = SyntheticWorld.PlaylistId(0).Value, occurredAt = DateTimeOffset.UtcNow },
                    new { eventId = $"l-{listener}", userId = user, kind = "like", trackId = SyntheticWorld.TrackId(listener).Value, occurredAt = DateTimeOffset.UtcNow },
                ];
                using var answer = await server.Client.PostAsJsonAsync("/v1/events", events);
                Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
            }

            before = EngagementOf(await UntilAsync(server, state => LikesOf(state) == Listeners, $"{Listeners} likes"))!.Value;
            await server.KillAsync();
        }

        using var again = await ServerProcess.StartAsync(_directory);
        var after = EngagementOf(await UntilAsync(again, state => LikesOf(state) == Listeners, $"{Listeners} likes after the kill"))!.Value;
        foreach (var side in (string[])["current", "candidate"])
        {
            Assert.Equal(before.GetProperty(side).GetProperty("impressions").GetInt64(), after.GetProperty(side).GetProperty("impressions").GetInt64());
            Assert.Equal(before.GetProperty(side).GetProperty("likes").GetInt64(), after.GetProperty(side).GetProperty("likes").GetInt64());
        }
    }

    private static JsonElement? EngagementOf(JsonElement state) =>
        state.TryGetProperty("canary", out var canary) && canary.TryGetProperty("engagement", out var engagement) ? engagement : null;

    private static long LikesOf(JsonElement state) => EngagementOf(state) is { } engagement
        ? engagement.GetProperty("current").GetProperty("likes").GetInt64() + engagement.GetProperty("candidate").GetProperty("likes").GetInt64()
        : 0;

    private static async Task AssertServesOneAsync(ServerProcess server, int version)
    {
        for (var listener = 0; listener < 20; listener++)
        {
            var home = await server.Client.GetFromJsonAsync<JsonElement>($"/v1/users/{SyntheticWorld.ListenerId(listener)}/home");
            var buddies = await server.Client.GetFromJsonAsync<JsonElement>($"/v1/users/{SyntheticWorld.ListenerId(listener)}/buddies");
            var (first, second) = (home.GetProperty("snapshotVersion").GetInt32(), buddies.GetProperty("snapshotVersion").GetInt32());
            Assert.True(first >= version && second >= first, $"version {version} is current; a page is of {first}, a list of {second}");
        }
    }

    private static async Task AskAsync(ServerProcess server, string path)
    {
        using var answer = await server.Client.PostAsync(new Uri(path, UriKind.Relative), null);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>The answer may be lost with the server.</summary>
    private static async Task IgnoreAsync(Task request)
    {
        try
        {
            await request;
        }
        catch (HttpRequestException)
        {
        }
    }

    private static async Task<JsonElement> UntilAsync(ServerProcess server, Func<JsonElement, bool> isSo, string what)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            using var answer = await server.Client.GetAsync(new Uri("/v1/doorman", UriKind.Relative), patience.Token);
            var state = await answer.Content.ReadFromJsonAsync<JsonElement>(patience.Token);
            if (answer.IsSuccessStatusCode && isSo(state)) // It may be not ready yet.
            {
                return state;
            }

            Assert.False(patience.IsCancellationRequested, $"{what} never came: {state}\n{server.Output}");
            await Task.Yield();
        }
    }

    private static List<(int Version, string Action)> Journal(JsonElement state) =>
        [.. state.GetProperty("journal").EnumerateArray().Select(entry => (entry.GetProperty("version").GetInt32(), entry.GetProperty("action").GetString()!))];

    private async Task<int> CurrentAsync()
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        var record = await store.Doorman.ReadAsync(default);
        Assert.Equal(record.Current, (await store.Models.CurrentAsync(default)).Version);
        Assert.Single(record.Versions, version => version.State == VersionState.Current);
        return record.Current.Value;
    }

    private async Task MakeWorldAsync(int models)
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        var world = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = Listeners, Tracks = 400, Artists = 50, Communities = 6, EventsPerListener = 40, Seed = 5, AsOf = DateTimeOffset.UtcNow,
        });
        await using (var session = await store.BeginImportAsync("synth", default))
        {
            world.WriteTo(session, null, default);
            await session.CommitAsync(default);
        }

        for (var seed = 1; seed <= models; seed++)
        {
            var options = new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 4, Threads = 1, Seed = seed }, Holdout = new HoldoutOptions() };
            var trained = await ModelTrainer.TrainAsync(store, _directory, options, null, TimeProvider.System, default);
            if (seed == 1)
            {
                await ModelTrainer.PromoteAsync(store, new SnapshotVersion(trained.Model.Version.Value), default);
            }
        }
    }
}
