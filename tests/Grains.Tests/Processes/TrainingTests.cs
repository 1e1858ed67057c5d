using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Buddies.Storage;
using Buddies.Storage.Tests.Postgres;
using Buddies.Training.Synth;

namespace Buddies.Grains.Tests.Processes;

/// <summary>A new model for a cluster, by what the trainer's job and the scripts run: the tool beside the silos, the doorman by HTTP.</summary>
public sealed class TrainingTests
{
    [PrivatePostgresFact]
    public async Task Train_BesideAServingSilo_RegistersAModelThatTheDoormanLetsInByHttp()
    {
        await using var world = await SmallWorld.MakeAsync(300);
        var silo = await world.StartAsync();
        using var caller = new Caller(silo.Url);
        var user = SyntheticWorld.ListenerId(5).Value;
        await caller.AskAsync(HttpMethod.Post, "/v1/events", Enumerable.Range(0, 5).Select(i => new
        {
            eventId = $"e{i}", userId = user, kind = "listen", trackId = SyntheticWorld.TrackId(i).Value, occurredAt = DateTimeOffset.UtcNow,
        }).ToArray());

        // As k8s/base/trainer.yaml has it, with a model as small as this world.
        var trained = await RunAsync(
            "dotnet", [Of("Tool"), "train", "--no-promote", "--store=postgres", $"--data={world.Directory}", "--json", "--dimension=8", "--epochs=3"], world.Postgres.ConnectionString);
        Assert.Equal(0, trained.ExitCode);
        Assert.Equal(2, JsonDocument.Parse(trained.Output).RootElement.GetProperty("version").GetInt32());
        Assert.Equal(1, (await caller.GetAsync("/v1/doorman")).GetProperty("serving").GetInt32());

        // The log's end at the time: what the silo has acknowledged took part.
        await using (var store = await world.OpenAsync())
        {
            var model = Assert.Single(await store.Models.ListAsync(default), model => model.Version.Value == 2);
            Assert.Equal(await store.Events.LastOffsetAsync(default), model.Watermark);
        }

        var server = $"--server={silo.Url.GetLeftPart(UriPartial.Authority)}";
        foreach (var verb in new[] { "validate", "promote" })
        {
            var (exitCode, output) = await RunAsync("bash", [Path.Combine(Of("Scripts"), "model"), "--server", server["--server=".Length..], verb, "2", "--why", "by hand"], world.Postgres.ConnectionString);
            Assert.True(exitCode == 0, $"model {verb}: {exitCode}\n{output}");
        }

        var doorman = await caller.GetAsync("/v1/doorman?journal=100");
        Assert.Equal((2, 2), (doorman.GetProperty("current").GetInt32(), doorman.GetProperty("serving").GetInt32()));
        var page = await caller.GetAsync($"/v1/users/{user}/home");
        Assert.Equal(2, page.GetProperty("snapshotVersion").GetInt32());

        // And back again, without a training.
        Assert.Equal(0, (await RunAsync("bash", [Path.Combine(Of("Scripts"), "model"), "--server", server["--server=".Length..], "rollback"], world.Postgres.ConnectionString)).ExitCode);
        Assert.Equal(1, (await caller.GetAsync($"/v1/users/{user}/home")).GetProperty("snapshotVersion").GetInt32());
    }

    [Fact]
    public async Task ASiloToldToRetrain_Refuses_AndSaysWhoDoes()
    {
        var (exitCode, output) = await RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "Buddies.Silo.dll"), "--retrain", "30m"], "");
        Assert.Equal(2, exitCode);
        Assert.Contains("buddies train --no-promote", output, StringComparison.Ordinal);
    }

    private static string Of(string key) => typeof(TrainingTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, IReadOnlyList<string> arguments, string connection)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[StoreChoice.ConnectionVariable] = connection;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? await output : $"{await output}\n{await errors}");
    }
}
