using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Tests.Contracts;

/// <summary>What reading parts of the log promises.</summary>
public abstract class LogRangeContract(StoreHarness harness) : StoreContract(harness)
{
    private IEventLog Log => Store.Events;

    [StoreFact]
    public async Task Read_ARange_GivesItAndNothingElse()
    {
        var offsets = await AppendAsync(3, 4000);

        Assert.Equal(offsets[100..9000], await ReadAsync(new EventRange(offsets[99], offsets[8999])));
        Assert.Equal(offsets[..1], await ReadAsync(new EventRange(0, offsets[0])));
        Assert.Empty(await ReadAsync(new EventRange(offsets[5], offsets[5])));
        Assert.Empty(await ReadAsync(new EventRange(offsets[^1])));
    }

    [StoreFact]
    public async Task ReadUser_BeyondAnOffset_GivesThatListenersEventsInOrderAndNobodyElses()
    {
        await AppendAsync(2, 600);
        await Log.AppendAsync([Sample.Listen("u3", "e1") with { Context = """{"a":1}""", Playlist = new PlaylistId("p") }, Sample.Listen("u4", "e2")], None);
        await ReopenAsync();
        var all = await AllAsync(Log.ReadAsync(0, None));
        foreach (var user in all.Select(e => e.Event.User).Distinct())
        {
            var own = all.Where(e => e.Event.User == user).ToArray();
            Assert.Equal(own, await Log.ReadUserAsync(user, 0, None));
            Assert.Equal(own[1..], await Log.ReadUserAsync(user, own[0].Offset, None));
            Assert.Empty(await Log.ReadUserAsync(user, own[^1].Offset, None));
        }

        Assert.Empty(await Log.ReadUserAsync(new UserId("nobody"), 0, None));
    }

    [StoreFact]
    public async Task Read_SomePartitions_GivesTheirUsersInOrderAndTogetherEverybody()
    {
        await AppendAsync(2, 6000);
        var all = await AllAsync(Log.ReadAsync(0, None));
        const ulong some = 0x8000_0000_00F0_0003;

        var these = await AllAsync(Log.ReadAsync(new EventRange(0, Partitions: some), None));
        var others = await AllAsync(Log.ReadAsync(new EventRange(0, Partitions: ~some), None));

        Assert.Equal(all.Where(e => EventPartitions.Contains(some, e.Event.User)), these);
        Assert.Equal(all, these.Concat(others).OrderBy(e => e.Offset));
        Assert.NotEmpty(these);
    }

    [StoreFact]
    public async Task Read_APartitionWithFewEvents_FindsTheOneAtTheEnd()
    {
        await Log.AppendAsync([.. Enumerable.Range(0, 9000).Select(i => Sample.Listen("many", $"{i}"))], None);
        var lone = new UserId(Enumerable.Range(0, 1000).Select(i => $"u{i}").First(u => EventPartitions.Of(new UserId(u)) != EventPartitions.Of(new UserId("many"))));
        var offset = (await Log.AppendAsync([Sample.Listen(lone.Value, "1")], None))[0];

        Assert.Equal([offset], await ReadAsync(new EventRange(0, Partitions: 1UL << EventPartitions.Of(lone))));
    }

    [StoreFact]
    public async Task Read_AcrossSegmentsWhileOthersAppend_NeverSkips()
    {
        const int batches = 200;
        var produced = Task.Run(async () =>
        {
            for (var i = 0; i < batches; i++)
            {
                Clock.Advance(TimeSpan.FromHours(3));
                await Log.AppendAsync([Sample.Listen("u", $"{i}-a"), Sample.Listen("u", $"{i}-b")], None);
            }
        });

        var seen = new List<LoggedEvent>();
        while (seen.Count < 2 * batches)
        {
            await foreach (var e in Log.ReadAsync(seen.Count == 0 ? 0 : seen[^1].Offset, None))
            {
                seen.Add(e);
            }
        }

        await produced;
        Assert.Equal(Enumerable.Range(0, batches).SelectMany(i => new[] { $"{i}-a", $"{i}-b" }), seen.Select(e => e.Event.Id.Value));
    }

    private async Task<List<long>> AppendAsync(int batches, int size)
    {
        var offsets = new List<long>();
        for (var b = 0; b < batches; b++)
        {
            offsets.AddRange(await Log.AppendAsync(
                [.. Enumerable.Range(0, size).Select(i => Sample.Listen($"u{i % 300}", $"{b}-{i}"))], None));

            // A segment for each.
            Clock.Advance(TimeSpan.FromDays(1));
        }

        return offsets;
    }

    private async Task<List<long>> ReadAsync(EventRange range) => [.. (await AllAsync(Log.ReadAsync(range, None))).Select(e => e.Offset)];
}
