using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Sqlite;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Synth;

namespace Buddies.Api.Tests.Crash;

/// <summary>A trainer in the background that is killed with SIGKILL.</summary>
public sealed partial class RetrainKillTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-retrain-kill-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Theory]
    [InlineData("als")]
    [InlineData("auto")]
    public async Task Trainer_Killed_ServingGoesOn_AndTheNextRoundGoesOnWithItsEpochs(string model)
    {
        await MakeWorldAsync();
        using var server = await ServerProcess.StartAsync(_directory, "--retrain", "10s", "--retrain-model", model, "--retrain-canary", "0");
        await UntilAsync(
            server, () => Directory.GetFiles(_directory, "training/*.epoch").Length > 0 && Began().IsMatch(server.Output), "the first epoch of a training in the background");
        var trainer = int.Parse(Began().Matches(server.Output)[^1].Groups[1].Value, CultureInfo.InvariantCulture);
        using (var process = Process.GetProcessById(trainer))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        var home = await server.Client.GetFromJsonAsync<JsonElement>($"/v1/users/{SyntheticWorld.ListenerId(1)}/home");
        Assert.Equal(1, home.GetProperty("snapshotVersion").GetInt32());
        Assert.NotEmpty(home.GetProperty("shelves").EnumerateArray());
        await UntilAsync(server, () => server.Output.Contains("The trainer ended with 137", StringComparison.Ordinal), "the word that the trainer was killed");
        await UntilAsync(server, () => server.Output.Contains("Goes on after epoch", StringComparison.Ordinal), "a round that goes on with the epochs");

        // Versions 1 and 2 were reserved before; the one that goes on is served.
        await UntilAsync(server, () => server.Output.Contains("Current version 3 by retraining", StringComparison.Ordinal), "the model that came of it");
        Assert.Equal(model == "auto", File.Exists(Path.Combine(_directory, "snapshots", "000003", "track-links.bin")));
    }

    [GeneratedRegex("Training in the background began, process ([0-9]+)")]
    private static partial Regex Began();

    private static async Task UntilAsync(ServerProcess server, Func<bool> isSo, string what)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!isSo())
        {
            Assert.False(patience.IsCancellationRequested, $"{what} never came:\n{server.Output}");
            await Task.Delay(20); // Another process decides when; there is nothing to await.
        }
    }

    private async Task MakeWorldAsync()
    {
        // So large that a round takes seconds.
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        Directory.CreateDirectory(Path.Combine(_directory, "training"));
        var world = SyntheticWorld.Create(new SyntheticWorldOptions
        {
            Listeners = 1000, Tracks = 2000, Artists = 100, Communities = 8, EventsPerListener = 40, Seed = 5, AsOf = DateTimeOffset.UtcNow,
        });
        await using (var session = await store.BeginImportAsync("synth", default))
        {
            world.WriteTo(session, null, default);
            await session.CommitAsync(default);
        }

        // As the first start of a server trains: nothing measured, so nothing to fall behind.
        var options = new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 4 } };
        var trained = await ModelTrainer.TrainAsync(store, _directory, options, null, TimeProvider.System, default);
        await ModelTrainer.PromoteAsync(store, new SnapshotVersion(trained.Model.Version.Value), default);
    }
}
