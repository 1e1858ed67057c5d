using Buddies.Engine.Events;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;
using Buddies.Grains.Placement;

namespace Buddies.Grains.Tests.Contract;

/// <summary>What a cluster promises beyond the contract: that silos may come and go.</summary>
public sealed class ThreeSiloTests() : RecommenderContract(new ClusterHarness(3))
{
    private ClusterHarness Silos => (ClusterHarness)Harness;

    protected override Api.IRecommender Entrance(int number) => Silos.Through(number % 3);

    [Fact]
    public async Task Answers_ThroughAnySilo_AreThoseOfOneProcess()
    {
        await using var single = new EmbeddedHarness();
        await single.StartAsync();
        var events = Enumerable.Range(0, 30).Select(i => Event(Listener(i), EventKind.Like, track: Track(10 * i))).ToArray();
        await single.Recommender.IngestAsync(events, new IngestTerms("p"), default);
        await Recommender.IngestAsync(events, new IngestTerms("p"), default);
        foreach (var i in Enumerable.Range(0, 3))
        {
            foreach (var user in Enumerable.Range(0, 30).Select(n => Listener(n)))
            {
                var (expected, actual) = (await single.Recommender.BuddiesAsync(user, 10, default), await SettledAsync(i, user, single));
                Assert.True(expected.ShowsTheSameAs(actual), $"{user} through silo {i}: expected {Show(expected)}, got {Show(actual)}");
            }
        }
    }

    [Fact]
    public async Task ASiloKilledUnderLoad_LosesNothingAndDoublesNothing()
    {
        var users = Enumerable.Range(0, 60).Select(Listener).ToArray();
        var before = await CountAsync(users);
        var inLog = await Harness.Store.Events.CountAsync(default);
        var (started, healed) = (new TaskCompletionSource(), new TaskCompletionSource());
        var sending = Task.Run(async () =>
        {
            for (var round = 0; round < 40; round++)
            {
                var batch = users.Select(user => Event(user, EventKind.Listen, track: Track(round))).ToArray();
                while (!await TrySendAsync(batch))
                {
                    await healed.Task;
                }

                if (round == 10)
                {
                    started.SetResult();
                }
            }
        });
        await started.Task;
        await Silos.Cluster.KillSiloAsync(Silos.Cluster.Silos[2]);
        await Silos.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);
        healed.SetResult();
        await sending;

        Assert.Equal(before.Select(count => count + 40), await CountAsync(users));
        Assert.Equal(inLog + (40 * users.Length), await Harness.Store.Events.CountAsync(default));
    }

    [Fact]
    public async Task ASiloStopped_KeepsEveryFactAndEveryStream()
    {
        var user = Enumerable.Range(0, 200).Select(Listener).First(u => OwnerOf(u.Value) == 2);
        await using var live = LiveReader.Open(Recommender, user, Large, null);
        var first = await live.NextPageAsync(_ => true);
        await Recommender.IngestAsync([Event(user, EventKind.Like, track: Track(77))], new IngestTerms("p"), default);
        var before = (await Recommender.TasteAsync(user, default)).Counts;

        await Silos.Cluster.StopSiloAsync(Silos.Cluster.Silos[2]);
        await Silos.Cluster.WaitForLivenessToStabilizeAsync();
        Assert.Equal(before, (await Recommender.TasteAsync(user, default)).Counts);

        var hidden = Cards(first).First().Playlist;
        await Recommender.IngestAsync([Event(user, EventKind.Hide, playlist: hidden)], new IngestTerms("p"), default);
        await live.NextPageAsync(page => Cards(page).All(card => card.Playlist != hidden));
        Assert.Equal(live.Sequences.Order(), live.Sequences);
    }

    [Fact]
    public async Task AStream_WhoseListenersSiloIsKilled_GoesOn()
    {
        var user = Enumerable.Range(0, 200).Select(Listener).First(u => OwnerOf(u.Value) == 2);
        await using var live = LiveReader.Open(Recommender, user, Large, null);
        var first = await live.NextPageAsync(_ => true);
        await Silos.Cluster.KillSiloAsync(Silos.Cluster.Silos[2]);
        await Silos.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);
        var hidden = Cards(first).First().Playlist;
        while (!await TrySendAsync([Event(user, EventKind.Hide, playlist: hidden)]))
        {
            await Silos.Cluster.WaitForLivenessToStabilizeAsync(didKill: true);
        }

        var next = await live.NextPageAsync(page => Cards(page).All(card => card.Playlist != hidden));
        Assert.True(next.Sequence > first.Sequence);
    }

    [Fact]
    public async Task ASiloThatJoins_KnowsWhatHappenedBefore()
    {
        var user = Listener(20);
        await Recommender.IngestAsync([.. Enumerable.Range(0, 20).Select(i => Event(user, EventKind.Like, track: Track(i)))], new IngestTerms("p"), default);
        await Silos.Cluster.StartAdditionalSiloAsync();
        await Silos.Cluster.WaitForLivenessToStabilizeAsync();
        var (here, there) = (Silos.Get<World.SiloWorld>(0), Silos.Get<World.SiloWorld>(3));
        var dimension = here.Plan.Current!.Model.Dimension;
        var (expected, actual) = (new float[dimension], new float[dimension]);
        Assert.True(here.Users.TryFind(user.Value, out var before) && here.Plan.Current!.Cells.CopyVector(before.Index, expected));
        Assert.True(there.Users.TryFind(user.Value, out var after) && there.Plan.Current!.Cells.CopyVector(after.Index, actual));
        Assert.InRange(System.Numerics.Tensors.TensorPrimitives.Distance<float>(expected, actual), 0, 1e-3);
    }

    [Fact]
    public async Task ASiloThatJoins_KnowsWhoIsInvisibleAndWhoIsGone()
    {
        var (hidden, gone) = (Listener(21), Listener(22));
        await Recommender.SetPrivacyAsync(hidden, new ListenerPrivacy(true, [gone]), default);
        await Recommender.EraseAsync(gone, default);
        await Silos.Cluster.StartAdditionalSiloAsync();
        await Silos.Cluster.WaitForLivenessToStabilizeAsync();
        var there = Silos.Get<World.SiloWorld>(3);
        Assert.True(there.Visibility.IsInvisible(hidden));
        Assert.Empty(there.Visibility.Of(hidden).Blocked);
        Assert.False(there.Users.TryFind(gone.Value, out _));
    }

    [Fact]
    public async Task ASiloThatWasNotTold_FindsOutByItself()
    {
        var (hidden, gone, back) = (Listener(23), Listener(24), Listener(25));
        var world = Silos.Get<World.SiloWorld>(2);
        var playlists = world.Catalogue.PlaylistsOf(gone).Length;
        Assert.NotEqual(0, playlists);

        // Behind the backs of all silos, as it is for one that was out of reach when the others were told.
        await Harness.Store.Privacy.SaveAsync(hidden, new ListenerPrivacy(true, []), default);
        await Harness.Store.EraseAsync(gone, default);
        await Harness.Store.EraseAsync(back, default);
        await Harness.Store.Events.AppendAsync([Event(back, EventKind.Like, track: Track(3))], default);
        await world.ReconcileAsync(default);
        Assert.True(world.Visibility.IsInvisible(hidden));
        Assert.False(world.Users.TryFind(gone.Value, out _));
        Assert.Equal(0, world.Catalogue.PlaylistsOf(gone).Length);
        Assert.True(world.Users.TryFind(back.Value, out var returned));
        Assert.True(world.Plan.Current!.Cells.IsResident(returned.Index));
    }

    [Fact]
    public async Task Erase_WhileMovesAreUnderWay_LeavesNobodyOnAnySilo()
    {
        var users = Enumerable.Range(40, 12).Select(Listener).ToArray();
        await Task.WhenAll(users.Select(async (user, i) =>
        {
            await Entrance(i).IngestAsync([Event(user, EventKind.Like, track: Track(i))], new IngestTerms("p"), default);
            await Entrance(i + 1).EraseAsync(user, default);
        }));
        for (var silo = 0; silo < 3; silo++)
        {
            await Silos.Get<SiloServices>(silo).Announcer.FlushAsync();
            await Silos.Get<SiloServices>(silo).Announcer.FlushAsync(); // What waited behind the first ones.
        }

        for (var silo = 0; silo < 3; silo++)
        {
            var world = Silos.Get<World.SiloWorld>(silo);
            Assert.All(users, user => Assert.False(world.Users.TryFind(user.Value, out _), $"{user} on silo {silo}"));
        }
    }

    private int OwnerOf(string user)
    {
        var owner = Owners.Of(user, [.. Silos.Cluster.Silos.Select(silo => silo.SiloAddress)]);
        return Silos.Cluster.Silos.Select((silo, i) => (silo, i)).First(s => s.silo.SiloAddress.Equals(owner)).i;
    }

    /// <summary>Moves reach the other silos within moments: asks until they have.</summary>
    private async Task<Engine.Buddies.BuddyList> SettledAsync(int silo, Engine.Identifiers.UserId user, EmbeddedHarness single)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var expected = await single.Recommender.BuddiesAsync(user, 10, default);
        while (true)
        {
            var actual = await Silos.Through(silo).BuddiesAsync(user, 10, default);
            if (actual.ShowsTheSameAs(expected) || end.IsCancellationRequested)
            {
                return actual;
            }
        }
    }

    private static string Show(Engine.Buddies.BuddyList list) =>
        string.Join(", ", list.Buddies.Select(b => $"{b.User} {b.Similarity:F3} {b.SharedTracks}"));

    private async Task<bool> TrySendAsync(UserEvent[] batch)
    {
        try
        {
            await Recommender.IngestAsync(batch, new IngestTerms("p"), default);
            return true;
        }
        catch (RecommenderUnavailableException)
        {
            return false;
        }
    }
}
