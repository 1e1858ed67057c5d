using Buddies.Engine.Doorman;
using Buddies.Engine.Doorman.Gates;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage.Doorman;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Tests;

namespace Buddies.Training.Torch.Tests;

/// <summary>From the log to a snapshot that is served, trained on libtorch.</summary>
public sealed class TorchModelTests
{
    private static readonly TrainOptions s_options = new()
    {
        Als = new AlsOptions { Dimension = 10, Epochs = 4 },
        PlaylistWeight = 0.5,
        Holdout = new HoldoutOptions(),
    };

    [TorchFact]
    public async Task Train_WritesTheSnapshotThatTheProcessorsWrite()
    {
        await using var world = await PlantedWorld.CreateAsync();
        using var expected = Open(world, await TrainAsync(world, s_options));
        using var device = new TorchDeviceFactory().Open("cpu", "double");
        using var actual = Open(world, await TrainAsync(world, On(device)));

        Assert.Equal(
            (expected.UserCount, expected.TrackCount, expected.PlaylistCount, expected.Manifest.TransformFingerprint),
            (actual.UserCount, actual.TrackCount, actual.PlaylistCount, actual.Manifest.TransformFingerprint));
        for (var track = 0; track < expected.TrackCount; track++)
        {
            Assert.Equal(expected.TrackId(track), actual.TrackId(track));
        }

        // Cells, and with them the order of users, may differ where a vector stands between two.
        var actualUsers = Enumerable.Range(0, actual.UserCount).ToDictionary(row => actual.UserId(row));
        for (var row = 0; row < expected.UserCount; row++)
        {
            AssertClose(expected.UserVector(row), actual.UserVector(actualUsers[expected.UserId(row)]), 1e-4);
        }

        Assert.InRange(actual.Manifest.Metrics["objective"] / expected.Manifest.Metrics["objective"], 1 - 1e-4, 1 + 1e-4);
        Assert.InRange(actual.Manifest.Metrics[GateMetrics.Recall] - expected.Manifest.Metrics[GateMetrics.Recall], -0.01, 0.01);
    }

    [TorchFact]
    public async Task Train_ThenServe_GivesTheTrainersVectors()
    {
        await using var world = await PlantedWorld.CreateAsync();
        using var device = new TorchDeviceFactory().Open("cpu", "double");
        using var snapshot = Open(world, await TrainAsync(world, On(device)));
        var facts = await FactReader.ReadAsync(world.Store, TasteTransform.Default, default);
        var model = new ServingModel(snapshot, facts.Catalogue);
        var users = facts.Users.ToList();
        var served = new float[10];
        for (var row = 0; row < snapshot.UserCount; row++)
        {
            LiveTaste.Derive(facts.Tastes[users.IndexOf(snapshot.UserId(row))], model, new FoldInSystem(10), served);
            AssertClose(snapshot.UserVector(row), served, 1e-5);
        }
    }

    [TorchFact]
    public async Task Train_GoesThroughTheGatesAndIsPromoted()
    {
        await using var world = await PlantedWorld.CreateAsync();
        using var device = new TorchDeviceFactory().Open("cpu", "double");
        await TrainAsync(world, On(device));
        var desk = new DoormanDesk(
            world.Store, SnapshotFolders.In(world.Folder), s_options.Transform.Fingerprint, new GateOptions(), TimeProvider.System);
        var answer = await desk.AskAsync((at, request) => new ValidateRequested(at, request, "ann", "test", new SnapshotVersion(1)), default);
        Assert.True(answer.IsAccepted, answer.Message);
        Assert.True((await desk.PromoteAsync(new SnapshotVersion(1), "ann", "test", default)).IsAccepted);
        Assert.Equal(1, (await world.Store.Models.CurrentAsync(default)).Version.Value);
    }

    private static TrainOptions On(Devices.ITrainingDevice device) => s_options with { Als = s_options.Als with { Device = device } };

    private static Task<TrainResult> TrainAsync(PlantedWorld world, TrainOptions options) =>
        ModelTrainer.TrainAsync(world.Store, world.Folder, options, null, TimeProvider.System, default);

    /// <summary>Opening compares every byte with its hash, and every shape with the manifest.</summary>
    private static Snapshot Open(PlantedWorld world, TrainResult result) =>
        Snapshot.Open(Path.Combine(SnapshotFolders.In(world.Folder), result.Model.Folder), result.Model.ManifestSha256);

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"at {i}: expected {expected[i]}, got {actual[i]}");
        }
    }
}
