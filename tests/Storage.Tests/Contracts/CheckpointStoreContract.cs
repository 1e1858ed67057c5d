using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Tests.Contracts;

/// <summary>What a checkpoint store promises.</summary>
public abstract class CheckpointStoreContract(StoreHarness harness) : StoreContract(harness)
{
    private ICheckpointStore Checkpoints => Store.Checkpoints;

    [StoreFact]
    public async Task Save_Many_ReadsAllBack()
    {
        var random = new Random(1);
        var saved = new List<UserCheckpoint>();
        for (var i = 0; i < 1500; i++)
        {
            var state = new byte[random.Next(0, 5000)];
            random.NextBytes(state);
            saved.Add(Checkpoint($"u{i}", i * 3L, state));
        }

        await Checkpoints.SaveAsync(saved[..700], None);
        await Checkpoints.SaveAsync(saved[700..], None);
        await ReopenAsync();

        var read = (await AllAsync(Checkpoints.ReadAllAsync(None))).ToDictionary(c => c.User.Value);
        Assert.Equal(saved.Count, read.Count);
        Assert.All(saved, c =>
        {
            Assert.Equal(c.Offset, read[c.User.Value].Offset);
            Assert.Equal(c.State, read[c.User.Value].State);
        });
    }

    [StoreFact]
    public async Task Save_Again_Replaces()
    {
        await Checkpoints.SaveAsync([Checkpoint("u", 1, 1, 2, 3), Checkpoint("v", 1, 9)], None);
        await Checkpoints.SaveAsync([Checkpoint("u", 2, 4)], None);

        var read = (await AllAsync(Checkpoints.ReadAllAsync(None))).OrderBy(c => c.User.Value).ToList();
        Assert.Equal([("u", 2L), ("v", 1L)], read.Select(c => (c.User.Value, c.Offset)));
        Assert.Equal([[4], [9]], read.Select(c => c.State));
    }

    [StoreFact]
    public async Task Read_OneUser_GivesWhatReadingAllWould()
    {
        await Checkpoints.SaveAsync([Checkpoint("u", 1, 1), Checkpoint("v", 1, 9)], None);
        await Checkpoints.SaveAsync([Checkpoint("u", 2, 4, 5)], None);

        var read = await Checkpoints.ReadAsync(new UserId("u"), None);
        Assert.Equal((2L, false), (read!.Value.Offset, read.Value.IsFormer));
        Assert.Equal([4, 5], read.Value.State!);
        Assert.Null(await Checkpoints.ReadAsync(new UserId("w"), None));

        await Harness.DamageCheckpointAsync("u", newest: true);
        var former = await Checkpoints.ReadAsync(new UserId("u"), None);
        Assert.Equal((1L, true), (former!.Value.Offset, former.Value.IsFormer));
    }

    [StoreFact]
    public async Task Save_WithoutState_ThrowsAndSavesNothing()
    {
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await Checkpoints.SaveAsync([Checkpoint("u", 1, 1), new UserCheckpoint(new UserId("v"), null, 1)], None));

        Assert.Empty(await AllAsync(Checkpoints.ReadAllAsync(None)));
    }

    [StoreFact]
    public async Task Clear_AfterSaves_LeavesNone()
    {
        await Checkpoints.SaveAsync([Checkpoint("u", 1, 1)], None);
        await Checkpoints.ClearAsync(None);
        await ReopenAsync();

        Assert.Empty(await AllAsync(Checkpoints.ReadAllAsync(None)));
    }

    [StoreFact]
    public async Task ReadAll_NewestDamaged_FallsBackToTheOneBeforeAndSaysSo()
    {
        for (var i = 1; i <= 5; i++)
        {
            await Checkpoints.SaveAsync([Checkpoint("u", 10 * i, (byte)i), Checkpoint("v", 10 * i, (byte)i)], None);
        }

        await Harness.DamageCheckpointAsync("u", newest: true);
        await ReopenAsync();

        var read = (await AllAsync(Checkpoints.ReadAllAsync(None))).ToDictionary(c => c.User.Value);
        Assert.Equal((40L, true), (read["u"].Offset, read["u"].IsFormer));
        Assert.Equal([4], read["u"].State);
        Assert.Equal((50L, false), (read["v"].Offset, read["v"].IsFormer));

        // The next one takes the damaged one's place.
        await Checkpoints.SaveAsync([Checkpoint("u", 60, 6)], None);
        var after = (await AllAsync(Checkpoints.ReadAllAsync(None))).Single(c => c.User.Value == "u");
        Assert.Equal((60L, false), (after.Offset, after.IsFormer));
    }

    [StoreFact]
    public async Task ReadAll_FormerDamaged_GivesTheNewest()
    {
        await Checkpoints.SaveAsync([Checkpoint("u", 1, 1)], None);
        await Checkpoints.SaveAsync([Checkpoint("u", 2, 2)], None);
        await Harness.DamageCheckpointAsync("u", newest: false);

        var read = Assert.Single(await AllAsync(Checkpoints.ReadAllAsync(None)));
        Assert.Equal((2L, false), (read.Offset, read.IsFormer));
    }

    [StoreFact]
    public async Task ReadAll_BothDamaged_GivesNullAtOffsetZero()
    {
        await Checkpoints.SaveAsync([Checkpoint("u", 1, 1)], None);
        await Checkpoints.SaveAsync([Checkpoint("u", 2, 2)], None);
        await Harness.DamageCheckpointAsync("u", newest: true);
        await Harness.DamageCheckpointAsync("u", newest: false);

        Assert.Equal(new UserCheckpoint(new UserId("u"), null, 0), Assert.Single(await AllAsync(Checkpoints.ReadAllAsync(None))));
    }

    private static UserCheckpoint Checkpoint(string user, long offset, params byte[] state) => new(new UserId(user), state, offset);
}
