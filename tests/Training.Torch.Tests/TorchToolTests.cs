using Buddies.Cli.Tests.Train;
using Buddies.Engine.Snapshots;
using Buddies.Storage.Sqlite;
using Buddies.Training.Synth;

namespace Buddies.Training.Torch.Tests;

/// <summary><c>buddies train --trainer torch</c>: the tool, which does not refer to libtorch, finds it.</summary>
public sealed class TorchToolTests : IDisposable
{
    private const int Epochs = 30;
    private static readonly string[] s_train = ["train", "--trainer", "torch", "--device", "cpu", "--dimension", "16", "--threads", "1", "--no-holdout", "--no-promote"];

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-torch-tool-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [TorchFact]
    public async Task Train_Killed_GoesOnAndEndsWhereTheUndisturbedRunDoes()
    {
        var (disturbed, undisturbed) = await MakeTwoAsync();
        string[] train = [.. s_train, "--epochs", $"{Epochs}"];
        using (var whole = new ToolProcess([.. train, "--data", undisturbed]))
        {
            var (exitCode, errors) = await whole.EndAsync();
            Assert.True(exitCode == 0 && errors.Contains("torch cpu double", StringComparison.Ordinal), errors);
        }

        using (var killed = new ToolProcess([.. train, "--data", disturbed]))
        {
            while (!HasEpoch(disturbed))
            {
                Assert.False(killed.HasExited, "it ended too soon");
                await Task.Delay(2); // Another process decides when; there is nothing to await.
            }

            await killed.KillAsync();
        }

        Assert.Empty(SnapshotsIn(disturbed));
        using var last = new ToolProcess([.. train, "--data", disturbed]);
        var (code, told) = await last.EndAsync();
        Assert.True(code == 0 && told.Contains("Goes on after epoch", StringComparison.Ordinal), told);
        using var expected = Open(undisturbed);
        using var actual = Open(disturbed);
        Assert.Equal(expected.TrackCount, actual.TrackCount);
        Assert.All(
            expected.TrackFactors.ToArray().Zip(actual.TrackFactors.ToArray()), pair => Assert.InRange(pair.First - pair.Second, -1e-5f, 1e-5f));
    }

    [TorchFact]
    public void Open_UnknownNames_AreRefused()
    {
        var factory = new TorchDeviceFactory();
        Assert.Throws<ArgumentException>(() => factory.Open("tpu", "double"));
        Assert.Throws<ArgumentException>(() => factory.Open("cuda:x", "half"));
        Assert.Throws<TrainingException>(() => factory.Open("cuda:99", "double"));
    }

    private static bool HasEpoch(string data) =>
        Directory.Exists(Path.Combine(data, "training")) && Directory.EnumerateFiles(Path.Combine(data, "training"), "*.epoch").Any();

    private static Snapshot Open(string data) => Snapshot.Open(SnapshotsIn(data).Single());

    private static string[] SnapshotsIn(string data) =>
        Directory.Exists(Path.Combine(data, "snapshots")) ? Directory.GetDirectories(Path.Combine(data, "snapshots"), "0*") : [];

    private async Task<(string First, string Second)> MakeTwoAsync()
    {
        var (first, second) = (Path.Combine(_directory, "first"), Path.Combine(_directory, "second"));
        Directory.CreateDirectory(second);
        await using (var store = await SqliteStore.OpenAsync(Path.Combine(first, "buddies.db")))
        {
            var world = SyntheticWorld.Create(new SyntheticWorldOptions
            {
                Listeners = 500, Tracks = 600, Artists = 60, Communities = 8, EventsPerListener = 40, Seed = 5, AsOf = DateTimeOffset.UtcNow,
            });
            await using var session = await store.BeginImportAsync("synth", default);
            world.WriteTo(session, null, default);
            await session.CommitAsync(default);
        }

        foreach (var file in Directory.GetFiles(first))
        {
            File.Copy(file, Path.Combine(second, Path.GetFileName(file)));
        }

        return (first, second);
    }
}
