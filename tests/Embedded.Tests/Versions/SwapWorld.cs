using System.Numerics.Tensors;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Als;

namespace Buddies.Embedded.Tests.Versions;

/// <summary>More models of the small world, and what their vectors have to be.</summary>
internal static class SwapWorld
{
    /// <summary>Trains and registers one more version, of another seed: its vectors have nothing to do with the others'.</summary>
    public static async Task<RegisteredModel> TrainAsync(TestWorld world, int seed)
    {
        var options = new TrainOptions { Als = new AlsOptions { Dimension = 16, Epochs = 4, Threads = 1, Seed = seed } };
        return (await ModelTrainer.TrainAsync(world.Store, world.Directory, options, null, TimeProvider.System, default)).Model;
    }

    /// <summary>Prepares a version and puts everybody on it.</summary>
    public static async Task SwapAsync(TestWorld world, RegisteredModel model)
    {
        await world.Runtime.PrepareAsync(model, default);
        await world.Runtime.ServeAsync(model.Version, default, 0);
    }

    /// <summary>Every listener's served vector is what the facts give in the version that serves the listener.</summary>
    public static async Task AssertVectorsAsync(TestWorld world, Func<UserId, SnapshotVersion> expectedVersion)
    {
        for (var i = 0; i < WorldTemplate.Listeners; i++)
        {
            var user = TestWorld.Listener(i);
            var version = world.Runtime.Plan.All.Single(version => version.Number == expectedVersion(user));
            AssertSame(await DerivedAsync(world, user, version.Model), await world.UnitAsync(user), $"{user} in version {version.Number}");
        }
    }

    /// <summary>Every listener's place in the cells of a version is what the facts give in it.</summary>
    public static async Task AssertPlacesAsync(TestWorld world, SnapshotVersion number)
    {
        var version = world.Runtime.Plan.All.Single(version => version.Number == number);
        for (var i = 0; i < WorldTemplate.Listeners; i++)
        {
            var user = TestWorld.Listener(i);
            var placed = new float[version.Model.Dimension];
            Assert.True(version.Cells.CopyVector(world.Runtime.Users.Find(user)!.Index.Value, placed), $"{user} is not in the cells of version {number}");
            AssertSame(await DerivedAsync(world, user, version.Model), placed, $"{user} in the cells of version {number}");
        }
    }

    /// <summary>A copy of a snapshot's folder, with one byte changed.</summary>
    public static void Damage(TestWorld world, RegisteredModel model, string file)
    {
        var path = Path.Combine(world.Directory, "snapshots", model.Folder, file);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static async Task<float[]> DerivedAsync(TestWorld world, UserId user, ServingModel model) =>
        await world.Runtime.OwnerOf(user).AskAsync(
            _ =>
            {
                var derived = new float[model.Dimension];
                LiveTaste.Derive(world.Runtime.Users.Find(user)!.Facts, model, new FoldInSystem(model.Dimension), derived);
                VectorKernels.Normalize(derived);
                return derived;
            },
            default);

    private static void AssertSame(float[] expected, float[] actual, string what)
    {
        var distance = TensorPrimitives.Distance<float>(expected, actual);
        var tolerance = 1e-5 + TestWorld.RoundingOf(expected.Length);
        Assert.True(distance <= tolerance, $"{what}: {distance} away from the fold-in of its facts, expected at most {tolerance}");
    }
}
