using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Tests.Contracts;

/// <summary>What an event log promises.</summary>
public abstract class EventLogContract(StoreHarness harness) : StoreContract(harness)
{
    private IEventLog Log => Store.Events;

    [StoreFact]
    public async Task Append_EveryField_ReadsBackTheSame()
    {
        UserEvent[] events =
        [
            Sample.Listen("u", "full", "t", "p") with { Plays = 7, Context = """{"place":"übung 🎧"}""" },
            new(new EventId("bare"), new UserId("ü"), EventKind.Follow, null, new PlaylistId("p"), null, null, Sample.Noon),
            Sample.Listen("u", "zero") with { PlayedMs = 0, DurationMs = 0, Context = "" },
            Sample.Listen("u", "zone") with { OccurredAt = Sample.Noon.AddMilliseconds(123).ToOffset(TimeSpan.FromHours(2)) },
            Sample.Listen("u", "old") with { OccurredAt = EventRules.Earliest },
            Sample.Listen(new string('長', 128), new string('x', 128)),
        ];

        await Log.AppendAsync(events, None);
        await ReopenAsync();

        Assert.Equal(events, (await AllAsync(Log.ReadAsync(0, None))).Select(e => e.Event));
    }

    [StoreFact]
    public async Task Append_NewEvents_GetAscendingPositiveOffsets()
    {
        var first = await Log.AppendAsync([Sample.Listen("u", "1"), Sample.Listen("v", "1")], None);
        var second = await Log.AppendAsync([Sample.Listen("u", "2")], None);

        long[] all = [.. first, .. second];
        Assert.All(all, offset => Assert.True(offset > 0, $"offset {offset}"));
        Assert.Equal(all.Order().Distinct(), all);
        Assert.Equal(all[^1], await Log.LastOffsetAsync(None));
        Assert.Equal(3, await Log.CountAsync(None));
    }

    [StoreFact]
    public async Task Append_SameUserAndId_IsADuplicateForEver()
    {
        var first = await Log.AppendAsync([Sample.Listen("u", "1"), Sample.Listen("u", "1", "other")], None);
        Assert.True(first[0] > 0);
        Assert.Equal(0, first[1]);

        await ReopenAsync();
        var later = await Log.AppendAsync([Sample.Listen("u", "1"), Sample.Listen("v", "1"), Sample.Listen("U", "1")], None);

        Assert.Equal(0, later[0]);
        Assert.True(later[1] > first[0] && later[2] > later[1], $"offsets {later[1]}, {later[2]} after {first[0]}");
        Assert.Equal("t1", (await AllAsync(Log.ReadAsync(0, None)))[0].Event.Track!.Value.Value);
        Assert.Equal(3, await Log.CountAsync(None));
    }

    [StoreFact]
    public async Task Append_Nothing_AnswersNothing()
    {
        Assert.Empty(await Log.AppendAsync([], None));
        Assert.Equal(0, await Log.LastOffsetAsync(None));
        Assert.Equal(0, await Log.CountAsync(None));
    }

    [StoreFact]
    public async Task Append_EventWithoutId_ThrowsAndLeavesOthersAlone()
    {
        var bad = Log.AppendAsync([Sample.Listen("u", "1"), default], None);
        await Assert.ThrowsAsync<ArgumentException>(async () => await bad);

        Assert.Equal(0, await Log.CountAsync(None));
        Assert.True((await Log.AppendAsync([Sample.Listen("u", "1")], None))[0] > 0);
    }

    [StoreFact]
    public async Task Append_CancelledWhileItWaits_HasNoEffect()
    {
        await using var import = await Store.BeginImportAsync("test", None);
        using var cancel = new CancellationTokenSource();
        var append = Log.AppendAsync([Sample.Listen("u", "early")], None).AsTask();
        var cancelled = Log.AppendAsync([Sample.Listen("u", "late")], cancel.Token).AsTask();

        // Either the writer's thread has taken the second call along already, or it is cancelled; never both.
        await cancel.CancelAsync();
        await import.DisposeAsync();
        await append;
        var wasCancelled = await Record.ExceptionAsync(() => cancelled) is OperationCanceledException;

        Assert.Equal(wasCancelled ? 1 : 2, await Log.CountAsync(None));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Log.AppendAsync([Sample.Listen("u", "never")], cancel.Token));
    }

    [StoreFact]
    public async Task Append_ManyProducersWithRepeats_LosesAndDoublesNothing()
    {
        const int producers = 16, batches = 40, batch = 25;

        // Every event is sent by two producers, so each is once new and once a duplicate.
        async Task<List<(string Id, long Offset)>> ProduceAsync(int producer)
        {
            var random = new Random(producer);
            var answers = new List<(string, long)>();
            foreach (var b in Enumerable.Range(0, batches).OrderBy(_ => random.Next()).ToArray())
            {
                var events = Enumerable.Range(0, batch)
                    .Select(i => Sample.Listen($"u{i % 5}", $"{producer / 2}-{b}-{i}", $"t{(b * i) % 50}")).ToArray();
                var offsets = await Log.AppendAsync(events, None);
                answers.AddRange(events.Select((e, i) => ($"{e.User}/{e.Id}", offsets[i])));
            }

            return answers;
        }

        var answers = (await Task.WhenAll(Enumerable.Range(0, producers).Select(p => Task.Run(() => ProduceAsync(p)))))
            .SelectMany(a => a).ToList();

        var logged = await AllAsync(Log.ReadAsync(0, None));
        Assert.Equal(producers / 2 * batches * batch, logged.Count);
        Assert.Equal(
            logged.Select(e => ($"{e.Event.User}/{e.Event.Id}", e.Offset)).OrderBy(e => e.Offset),
            answers.Where(a => a.Offset > 0).OrderBy(a => a.Offset));
        Assert.Equal(logged.Count, answers.Count(a => a.Offset == 0));
    }

    [StoreFact]
    public async Task Read_AfterAnOffset_StreamsTheRestInOrder()
    {
        var offsets = new List<long>();
        for (var b = 0; b < 5; b++)
        {
            var events = Enumerable.Range(0, 2000).Select(i => Sample.Listen($"u{i % 7}", $"{b}-{i}")).ToArray();
            offsets.AddRange(await Log.AppendAsync(events, None));
        }

        Assert.Equal(offsets, (await AllAsync(Log.ReadAsync(0, None))).Select(e => e.Offset));
        Assert.Equal(offsets[4321..], (await AllAsync(Log.ReadAsync(offsets[4320], None))).Select(e => e.Offset));
        Assert.Empty(await AllAsync(Log.ReadAsync(offsets[^1], None)));
    }

    [StoreFact]
    public async Task Read_WhileOthersAppend_NeverSkips()
    {
        var produced = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await Log.AppendAsync([Sample.Listen("u", $"{i}-a"), Sample.Listen("u", $"{i}-b")], None);
            }
        });

        var seen = new List<LoggedEvent>();
        while (seen.Count < 600)
        {
            await foreach (var e in Log.ReadAsync(seen.Count == 0 ? 0 : seen[^1].Offset, None))
            {
                seen.Add(e);
            }
        }

        await produced;
        Assert.Equal(Enumerable.Range(0, 300).SelectMany(i => new[] { $"{i}-a", $"{i}-b" }), seen.Select(e => e.Event.Id.Value));
    }

    [StoreFact]
    public async Task Append_FromTwoStores_KeepsBothAndKnowsTheOthersDuplicates()
    {
        await using var other = await OpenAnotherAsync();
        async Task<int> ProduceAsync(IStore store, int seed)
        {
            var added = 0;
            for (var i = 0; i < 50; i++)
            {
                var offsets = await store.Events.AppendAsync(
                    [Sample.Listen("both", $"{i}", $"t{i}"), Sample.Listen($"own{seed}", $"{i}")], None);
                added += offsets.Count(o => o > 0);
            }

            return added;
        }

        var added = await Task.WhenAll(Task.Run(() => ProduceAsync(Store, 1)), Task.Run(() => ProduceAsync(other, 2)));

        Assert.Equal(150, added.Sum());
        Assert.Equal(150, await Log.CountAsync(None));
    }
}
