using System.Numerics.Tensors;
using Buddies.Engine.Events;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Embedded.Tests;

/// <summary>A vector means the same in training and in serving.</summary>
public sealed class ParityTests
{
    private const float Tolerance = 1e-5f;

    [Fact]
    public async Task Vector_OfEveryTrainedListener_IsTheSnapshotsOwnAndWhatTheFactsGive()
    {
        await using var world = await TestWorld.StartAsync();
        var model = world.Runtime.Model!;
        using var snapshot = Snapshot.Open(Path.Combine(world.Directory, "snapshots", "000001"), null);
        var system = new FoldInSystem(model.Dimension);
        Assert.Equal(WorldTemplate.Listeners, snapshot.UserCount);
        for (var row = 0; row < snapshot.UserCount; row++)
        {
            var trained = snapshot.UserVector(row).ToArray();
            VectorKernels.Normalize(trained);
            var state = world.Runtime.Users.Find(snapshot.UserId(row))!;
            var derived = new float[model.Dimension];
            LiveTaste.Derive(state.Facts, model, system, derived);
            VectorKernels.Normalize(derived);
            AssertSame(trained, await world.UnitAsync(state.Id), $"{state.Id}: served", TestWorld.RoundingOf(trained.Length));
            AssertSame(trained, derived, $"{state.Id}: folded in from replayed facts");
        }
    }

    [Fact]
    public async Task Vector_AfterManyEvents_IsWhatTheFactsGiveFromScratch()
    {
        await using var world = await TestWorld.StartAsync();
        var model = world.Runtime.Model!;
        var random = new Random(3);
        var kinds = new[] { EventKind.Listen, EventKind.Skip, EventKind.Like, EventKind.Unlike, EventKind.Hide, EventKind.Unhide };
        for (var i = 0; i < 400; i++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(random.Next(300)));
            await world.SendAsync(world.Event(TestWorld.Listener(random.Next(5)), kinds[random.Next(kinds.Length)], TestWorld.Track(random.Next(40))));
        }

        var system = new FoldInSystem(model.Dimension);
        for (var i = 0; i < 5; i++)
        {
            var state = world.Runtime.Users.Find(TestWorld.Listener(i))!;
            await world.SettleAsync(state.Id);
            var derived = new float[model.Dimension];
            LiveTaste.Derive(state.Facts, model, system, derived);
            VectorKernels.Normalize(derived);
            AssertSame(derived, await world.UnitAsync(state.Id), $"{state.Id}: event by event");
        }
    }

    private static void AssertSame(float[] expected, float[] actual, string what, double rounding = 0)
    {
        var distance = TensorPrimitives.Distance<float>(expected, actual);
        Assert.True(distance <= Tolerance + rounding, $"{what}: {distance} away, expected at most {Tolerance + rounding}");
    }
}
