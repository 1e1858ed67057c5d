using System.Numerics.Tensors;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Storage;

namespace Buddies.Embedded.Tests;

/// <summary>Who has a buddy set, and that it is true.</summary>
public sealed class BuddySetTests
{
    private const int K = 50;
    private const int Rounds = 30;

    [Fact]
    public async Task Buddies_WhileEverybodyMoves_EqualBruteForce()
    {
        const int seed = 7;
        await using var world = await TestWorld.StartAsync(TestWorld.ExactOptions);
        await MoveEverybodyAsync(world, new Random(seed), async (user, round) => await AssertTrueAsync(world, user, $"seed {seed}, round {round}"));
        Assert.Equal(6, world.Runtime.Cells!.ActiveCount);
    }

    [Fact]
    public async Task Buddies_WhileEverybodyMoves_WithTheServersDrift_AreNearlyThoseOfBruteForce()
    {
        // Sets that know few of all: what is missed between searches has to come in by them.
        const int few = 10;
        await using var world = await TestWorld.StartAsync(directory =>
            new EmbeddedOptions { DataDirectory = directory, Partitions = 3, MoveThreshold = 0, Buddies = few, BuddySlack = 22 });
        var (hits, asked, before) = (0, 0, world.Runtime.Cells!.Searches);
        await MoveEverybodyAsync(world, new Random(8), async (user, _) =>
        {
            var actual = (await world.Runtime.BuddiesAsync(user, few, default)).Buddies;
            hits += BruteForce(world, user).Take(few).Intersect(actual.Select(buddy => (buddy.User, buddy.Similarity))).Count();
            asked += few;
        });
        Assert.InRange(hits / (double)asked, 0.95, 1);
        Assert.True(world.Runtime.Cells.Searches - before < 6 * Rounds, $"{hits / (double)asked} {world.Runtime.Cells.Searches - before} searches for {12 * Rounds} moves");
    }

    [Fact]
    public async Task Sets_NobodyAsksAnyMore_Go_UnlessWatchedOrListening()
    {
        await using var world = await TestWorld.StartAsync();
        var (idle, watched, listening) = (TestWorld.Listener(1), TestWorld.Listener(2), TestWorld.Listener(3));
        await using var reader = await LiveReader.SubscribedAsync(world, watched);
        var before = await world.Runtime.BuddiesAsync(idle, K, default);
        await world.HomeAsync(listening);
        Assert.Equal(3, world.Runtime.Cells!.ActiveCount);
        for (var minutes = 0; minutes < 12; minutes++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(1));
            await world.SendAsync(world.Event(listening, EventKind.Impression, null, new PlaylistId("playlist-00001")));
            await world.TickAsync();
        }

        Assert.Equal((false, true, true), (HasSet(idle), HasSet(watched), HasSet(listening)));
        Assert.Equal(2, world.Runtime.Cells.ActiveCount);
        Assert.Null(world.Runtime.Users.Find(idle)!.Attention);
        Assert.Equal(before.Buddies, (await world.Runtime.BuddiesAsync(idle, K, default)).Buddies);
        Assert.True(HasSet(idle));

        bool HasSet(UserId user) => world.Runtime.Users.Find(user)!.Attention is { HasSet: true };
    }

    [Fact]
    public async Task Sets_MoreThanMayBe_TheLongestUnaskedGivesWay_AndEveryAnswerIsStillTrue()
    {
        await using var world = await TestWorld.StartAsync(directory =>
            new EmbeddedOptions { DataDirectory = directory, Partitions = 1, BuddySets = 5, MoveThreshold = 0, BuddyDrift = 0 });
        await using var reader = await LiveReader.SubscribedAsync(world, TestWorld.Listener(0));
        for (var i = 1; i < 30; i++)
        {
            await AssertTrueAsync(world, TestWorld.Listener(i), "over the cap");
        }

        Assert.Equal(5, world.Runtime.Cells!.ActiveCount);
        Assert.NotNull(world.Runtime.Users.Find(TestWorld.Listener(0))!.Attention);
        Assert.Null(world.Runtime.Users.Find(TestWorld.Listener(20))!.Attention);
    }

    [Fact]
    public async Task Listening_WithoutAQuestion_MakesNoSet_AndNothingIsLostWhenTheListenerFallsIdle()
    {
        await using var world = await TestWorld.StartAsync(directory =>
            new EmbeddedOptions { DataDirectory = directory, Partitions = 1, LiveTastes = 2, MoveThreshold = 10 });
        var user = TestWorld.Listener(4);
        await world.SendAsync([.. Enumerable.Range(0, 20).Select(i => world.Event(user, EventKind.Like, TestWorld.Track(i)))]);
        var served = await world.UnitAsync(user);
        for (var i = 10; i < 13; i++)
        {
            await world.SendAsync(world.Event(TestWorld.Listener(i), EventKind.Like, TestWorld.Track(1)));
        }

        var state = world.Runtime.Users.Find(user)!;
        Assert.Null(state.Attention);
        Assert.Equal(0, world.Runtime.Cells!.ActiveCount);
        var kept = await world.UnitAsync(user);
        Assert.True(TensorPrimitives.Distance<float>(served, kept) <= TestWorld.RoundingOf(served.Length) + 1e-6, "the vector has changed");
        var derived = new float[served.Length];
        LiveTaste.Derive(state.Facts, world.Runtime.Model!, new FoldInSystem(served.Length), derived);
        VectorKernels.Normalize(derived);
        Assert.True(
            TensorPrimitives.Distance<float>(derived, served) <= TestWorld.RoundingOf(served.Length) + 1e-6, "the vector is not what the facts give");
    }

    [Fact]
    public async Task Sequence_AfterAListenerFellIdle_GoesOn()
    {
        await using var world = await TestWorld.StartAsync();
        var user = TestWorld.Listener(9);
        var before = await world.HomeAsync(user);
        world.Time.Advance(TimeSpan.FromMinutes(11));
        await world.TickAsync();
        Assert.Null(world.Runtime.Users.Find(user)!.Attention);
        var after = await world.HomeAsync(user);
        Assert.True(before.ShowsTheSameAs(after));
        Assert.True(after.Sequence > before.Sequence, $"{after.Sequence} after {before.Sequence}");
    }

    [Fact]
    public async Task Start_WithASnapshotOfManyCells_LooksIntoThoseThatHoldTheBuddies()
    {
        await using var world = await TestWorld.StartAsync();
        await PromoteWithCellsAsync(world, 16);
        await world.RestartAsync();
        Assert.Equal((2, 16), (world.Runtime.Model!.Version.Value, world.Runtime.Model.Cells.CellCount));
        var (hits, cells) = (0, new HashSet<int>());
        for (var i = 0; i < 40; i++)
        {
            var user = TestWorld.Listener(i);
            var actual = (await world.Runtime.BuddiesAsync(user, K, default)).Buddies.Select(buddy => buddy.User);
            hits += BruteForce(world, user).Select(buddy => buddy.User).Intersect(actual).Count();
            cells.Add(world.Runtime.Model.Cells.FindNearest(await world.UnitAsync(user)));
        }

        Assert.True(cells.Count > 3, $"40 listeners stand in {cells.Count} cells");
        Assert.InRange(hits / (40.0 * K), 0.85, 1);
    }

    /// <summary>Lets listeners move and go, and looks at six of them after every round.</summary>
    private static async Task MoveEverybodyAsync(TestWorld world, Random random, Func<UserId, int, Task> look)
    {
        for (var round = 0; round < Rounds; round++)
        {
            await world.SendAsync([.. Enumerable.Range(0, 12).Select(_ => world.Event(
                TestWorld.Listener(random.Next(WorldTemplate.Listeners)), random.Next(3) == 0 ? EventKind.Hide : EventKind.Like, TestWorld.Track(random.Next(500))))]);
            if (round % 7 == 3)
            {
                await world.Runtime.EraseAsync(TestWorld.Listener(150 + round), default);
            }

            await world.SettleAsync();
            for (var i = 0; i < 6; i++)
            {
                await look(TestWorld.Listener(i), round);
            }
        }
    }

    /// <summary>The current model again, its listeners in more cells than so few would get.</summary>
    private static async Task PromoteWithCellsAsync(TestWorld world, int cells)
    {
        using var snapshot = Snapshot.Open(Path.Combine(world.Directory, "snapshots", "000001"));
        var units = snapshot.UserVectors.ToArray();
        for (var from = 0; from < units.Length; from += snapshot.Dimension)
        {
            VectorKernels.Normalize(units.AsSpan(from, snapshot.Dimension));
        }

        var contents = new SnapshotContents
        {
            Dimension = snapshot.Dimension,
            TrackIds = [.. Enumerable.Range(0, snapshot.TrackCount).Select(snapshot.TrackId)],
            TrackFactors = snapshot.TrackFactors.ToArray(),
            TrackPopularity = snapshot.TrackPopularity.ToArray(),
            TrackWeights = snapshot.TrackWeights.ToArray(),
            PlaylistIds = [],
            PlaylistFactors = [],
            PlaylistOffsets = [0],
            PlaylistTracks = [],
            PlaylistTimes = [],
            UserIds = [.. Enumerable.Range(0, snapshot.UserCount).Select(snapshot.UserId)],
            UserVectors = snapshot.UserVectors.ToArray(),
            Cells = CellTrainer.Train(units, snapshot.Dimension, new CellOptions { Cells = cells }),
        };
        var models = world.Store.Models;
        var version = await models.ReserveVersionAsync(default);
        var written = SnapshotWriter.Write(
            Path.Combine(world.Directory, "snapshots"), "000002", contents, snapshot.Manifest with { Version = version.Value, Parent = 1 });
        await models.RegisterAsync(
            new RegisteredModel(version, "000002", snapshot.Manifest.CreatedAt, written.ManifestSha256, snapshot.Manifest.Watermark), default);
        Assert.True(await models.TryCommitAsync((await models.CurrentAsync(default)).Epoch, version, default));
    }

    private static async Task AssertTrueAsync(TestWorld world, UserId user, string when)
    {
        var actual = (await world.Runtime.BuddiesAsync(user, K, default)).Buddies.Select(buddy => (buddy.User, buddy.Similarity)).ToArray();
        var expected = BruteForce(world, user);
        Assert.True(expected.SequenceEqual(actual), $"{when}, {user}: expected {string.Join(' ', expected)}; got {string.Join(' ', actual)}");
    }

    private static (UserId User, float Similarity)[] BruteForce(TestWorld world, UserId user)
    {
        var cells = world.Runtime.Cells!;
        var dimension = world.Runtime.Model!.Dimension;
        var (mine, theirs) = (new float[dimension], new float[dimension]);
        var own = world.Runtime.Users.Find(user)!.Index.Value;
        Assert.True(cells.CopyVector(own, mine));
        var all = new List<(UserId User, float Similarity, int Index)>();
        foreach (var other in world.Runtime.Users.All.Where(other => other.Id != user))
        {
            if (cells.CopyVector(other.Index.Value, theirs))
            {
                // As exact as whole numbers are; a sum of floats is not the same in every order.
                var similarity = cells.SimilarityOf(own, other.Index.Value);
                Assert.Equal(TensorPrimitives.Dot<float>(mine, theirs), similarity, 1e-5f);
                all.Add((other.Id, similarity, other.Index.Value));
            }
        }

        return [.. all.OrderByDescending(other => other.Similarity).ThenBy(other => other.Index).Take(K).Select(other => (other.User, other.Similarity))];
    }
}
