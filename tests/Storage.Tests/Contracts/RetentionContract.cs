using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Tests.Contracts;

/// <summary>What dropping old events promises. Each batch has a day, and so a segment, of its own.</summary>
public abstract class RetentionContract(StoreHarness harness) : StoreContract(harness)
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    private IEventLog Log => Store.Events;

    [StoreFact]
    public async Task Drop_OldSegments_RemovesThemAndNothingElse()
    {
        var days = await AppendDaysAsync(5);

        var dropped = await Log.DropAsync(Clock.GetUtcNow() - (3 * s_day), days[^1][^1], None);
        await ReopenAsync();

        Assert.Equal(days[1][^1], dropped);
        Assert.Equal(dropped, await Log.DroppedThroughAsync(None));
        Assert.Equal(days[2..].SelectMany(d => d), (await AllAsync(Log.ReadAsync(0, None))).Select(e => e.Offset));
        Assert.Equal(days[^1][^1], await Log.LastOffsetAsync(None));
        Assert.Equal(dropped, await Log.DropAsync(Clock.GetUtcNow() - (3 * s_day), days[^1][^1], None));
    }

    [StoreFact]
    public async Task Drop_WhatNoCheckpointHoldsYet_Stays()
    {
        var days = await AppendDaysAsync(4);

        Assert.Equal(0, await Log.DropAsync(Clock.GetUtcNow(), days[0][0], None));
        Assert.Equal(days[0][^1], await Log.DropAsync(Clock.GetUtcNow(), days[1][0], None));
        Assert.Equal(days[1..].SelectMany(d => d), (await AllAsync(Log.ReadAsync(0, None))).Select(e => e.Offset));
    }

    [StoreFact]
    public async Task Drop_Everything_KeepsTheNewestSegmentAndTheOffsetsGoOn()
    {
        var days = await AppendDaysAsync(3);

        await Log.DropAsync(Clock.GetUtcNow() + (10 * s_day), long.MaxValue, None);
        var next = await Log.AppendAsync([Sample.Listen("u", "next")], None);

        Assert.Equal(days[1][^1], await Log.DroppedThroughAsync(None));
        Assert.True(next[0] > days[^1][^1]);
        Assert.Equal(days[^1].Append(next[0]), (await AllAsync(Log.ReadAsync(0, None))).Select(e => e.Offset));
    }

    [StoreFact]
    public async Task Drop_ClockRanAheadAndJumpedBack_NothingGoesBeforeItsTime()
    {
        await Log.AppendAsync([Sample.Listen("u", "before")], None);
        Clock.Advance(10 * s_day);
        var ahead = await Log.AppendAsync([Sample.Listen("u", "ahead")], None);
        Clock.Advance(-10 * s_day);
        var back = await Log.AppendAsync([Sample.Listen("u", "back")], None);
        Clock.Advance(3 * s_day);
        var later = await Log.AppendAsync([Sample.Listen("u", "later")], None);

        await Log.DropAsync(Clock.GetUtcNow() - (2 * s_day), long.MaxValue, None);
        var kept = (await AllAsync(Log.ReadAsync(0, None))).Select(e => e.Offset).ToArray();
        Assert.Equal([ahead[0], back[0], later[0]], kept[^3..]);
        Assert.Equal([0L], await Log.AppendAsync([Sample.Listen("u", "back")], None));

        Clock.Advance(20 * s_day);
        var last = await Log.AppendAsync([Sample.Listen("u", "last")], None);
        Clock.Advance(3 * s_day);
        await Log.DropAsync(Clock.GetUtcNow() - (2 * s_day), long.MaxValue, None);
        Assert.Equal([last[0]], (await AllAsync(Log.ReadAsync(0, None))).Select(e => e.Offset));
    }

    [StoreFact]
    public async Task Append_IdOfAKeptEvent_IsADuplicateWhateverWasDropped()
    {
        // As a server does it: every day it drops what is older than two days.
        for (var day = 0; day < 8; day++)
        {
            await Log.AppendAsync([Sample.Listen("u", $"{day}-a"), Sample.Listen($"v{day}", $"{day}-b")], None);
            Clock.Advance(s_day);
            await Log.DropAsync(Clock.GetUtcNow() - (2 * s_day), long.MaxValue, None);
            var kept = (await AllAsync(Log.ReadAsync(0, None))).Select(e => e.Event).ToArray();
            Assert.NotEmpty(kept);
            Assert.All(await Log.AppendAsync(kept, None), offset => Assert.Equal(0, offset));
            await using var import = await Store.BeginImportAsync("test", None);
            Assert.All(kept, e => Assert.False(import.AddEvent(e)));
        }

        var first = Assert.Single(await Log.AppendAsync([Sample.Listen("u", "0-a")], None));
        Assert.True(first > 0, "an id is free again once its event has long been dropped");
    }

    [StoreFact]
    public async Task Drop_FormerCheckpointThatNeedsDroppedEvents_BecomesTheNewest()
    {
        var days = await AppendDaysAsync(4);
        var (early, late) = (days[0][0], days[3][0]);
        await Store.Checkpoints.SaveAsync([new UserCheckpoint(new UserId("u"), [1], early)], None);
        await Store.Checkpoints.SaveAsync([new UserCheckpoint(new UserId("u"), [2], late)], None);

        await Log.DropAsync(Clock.GetUtcNow(), late, None);
        await Harness.DamageCheckpointAsync("u", newest: true);

        var read = Assert.Single(await AllAsync(Store.Checkpoints.ReadAllAsync(None)));
        Assert.Equal((late, true), (read.Offset, read.IsFormer));
        Assert.Equal([2], read.State);
    }

    [StoreFact]
    public async Task Erase_UserInSeveralSegments_RemovesAllOfTheirs()
    {
        await AppendDaysAsync(4);
        await Log.DropAsync(Clock.GetUtcNow() - (3 * s_day), long.MaxValue, None);

        await Store.EraseAsync(new UserId("u"), None);

        Assert.All(await AllAsync(Log.ReadAsync(0, None)), e => Assert.NotEqual("u", e.Event.User.Value));
        Assert.True((await Log.AppendAsync([Sample.Listen("u", "3-0")], None))[0] > 0);
    }

    private async Task<List<List<long>>> AppendDaysAsync(int days)
    {
        var all = new List<List<long>>();
        for (var day = 0; day < days; day++)
        {
            all.Add([.. await Log.AppendAsync([.. Enumerable.Range(0, 10).Select(i => Sample.Listen(i % 2 == 0 ? "u" : "v", $"{day}-{i}"))], None)]);
            Clock.Advance(s_day);
        }

        return all;
    }
}
