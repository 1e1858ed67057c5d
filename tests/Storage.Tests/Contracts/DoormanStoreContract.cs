using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Tests.Contracts;

/// <summary>What a store of the doorman's record promises.</summary>
public abstract class DoormanStoreContract(StoreHarness harness) : StoreContract(harness)
{
    private static readonly Member s_node = new(new NodeId("node-ä"), 638_000_000_000_000_001);

    private IDoormanStore Doorman => Store.Doorman;

    [StoreFact]
    public async Task Read_BeforeTheFirstChange_HasTheRegisteredVersionsAndNothingElse()
    {
        Assert.Equal(DoormanRecord.Empty, await Doorman.ReadAsync(None));

        var one = await RegisterNextAsync();

        Assert.Equal(DoormanRecord.Empty with { Versions = [new VersionRecord(one)] }, await Doorman.ReadAsync(None));
        Assert.Equal(
            [(1L, 0L, JournalAction.Registered, one)],
            (await Doorman.ReadJournalAsync(0, 9, None)).Select(entry => (entry.Number, entry.Epoch, entry.Action, entry.Version)));
    }

    [StoreFact]
    public async Task TryWrite_EveryPart_ComesBackAfterReopening()
    {
        var (one, two) = (await RegisterNextAsync(), await RegisterNextAsync());
        var next = new DoormanRecord(
            1,
            one,
            new Canary(two, 12.5, Sample.Noon.AddTicks(7)),
            new Rollout(two, RolloutGoal.Canary, 33.3, false, "ann \"ä\"", "why not", 1),
            [s_node, new Member(new NodeId("o"), 2)],
            [new Member(new NodeId("p"), 3)],
            [new VersionRecord(one, VersionState.Current, default, []), new VersionRecord(two, VersionState.Canary, one, ["first", "second ä"])]);
        JournalEntry[] journal =
        [
            new(1, Sample.Noon, JournalAction.Current, one, "ann", "it is good", [], new Dictionary<string, double>()),
            new(1, Sample.Noon.AddMilliseconds(1), JournalAction.Canary, two, "bob", "", ["r"], new Dictionary<string, double> { ["percent"] = 12.5, ["x"] = -1e-300 }),
        ];

        Assert.True(await Doorman.TryWriteAsync(0, next, journal, None));
        await ReopenAsync();

        Assert.Equal(next, await Doorman.ReadAsync(None));
        var read = await Doorman.ReadJournalAsync(2, 9, None);
        Assert.Equal([3L, 4L], read.Select(entry => entry.Number));
        for (var i = 0; i < journal.Length; i++)
        {
            Assert.Equal(journal[i] with { Reasons = read[i].Reasons, Metrics = read[i].Metrics, Number = read[i].Number }, read[i]);
            Assert.Equal(journal[i].Reasons, read[i].Reasons);
            Assert.Equal(journal[i].Metrics, read[i].Metrics);
        }
    }

    [StoreFact]
    public async Task TryWrite_AnotherEpoch_HasNoEffectAtAll()
    {
        var one = await RegisterNextAsync();
        var first = await ChangeAsync(record => record with { Current = one });

        foreach (var stale in new[] { 0L, 2L })
        {
            var late = first with { Epoch = stale + 1, Current = default, Versions = [new VersionRecord(one, VersionState.Rejected, default, ["no"])] };
            Assert.False(await Doorman.TryWriteAsync(stale, late, [Entry(stale + 1, one)], None));
        }

        Assert.Equal(first, await Doorman.ReadAsync(None));
        Assert.Equal(2, (await Doorman.ReadJournalAsync(0, 9, None)).Count);
    }

    [StoreFact]
    public async Task TryWrite_VersionThatIsNotRegistered_ThrowsAndHasNoEffect()
    {
        var nobody = new SnapshotVersion(7);

        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await Doorman.TryWriteAsync(0, DoormanRecord.Empty with { Epoch = 1, Current = nobody }, [], None));
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await Doorman.TryWriteAsync(0, DoormanRecord.Empty with { Epoch = 1, Versions = [new VersionRecord(nobody)] }, [], None));

        Assert.Equal(DoormanRecord.Empty, await Doorman.ReadAsync(None));
    }

    [StoreFact]
    public async Task TryWrite_EpochsThatDoNotFollowEachOther_Throws()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Doorman.TryWriteAsync(0, DoormanRecord.Empty with { Epoch = 2 }, [], None));
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await Doorman.TryWriteAsync(0, DoormanRecord.Empty with { Epoch = 1 }, [Entry(2, default)], None));
    }

    [StoreFact]
    public async Task TryWrite_VersionsLeftOut_StayAsTheyAre()
    {
        var (one, two) = (await RegisterNextAsync(), await RegisterNextAsync());
        var rejected = new VersionRecord(one, VersionState.Rejected, default, ["bad"]);
        await ChangeAsync(record => record with { Versions = [rejected] });
        await ChangeAsync(record => record with { Versions = [new VersionRecord(two, VersionState.Validated, default, [])] });

        Assert.Equal([rejected, new VersionRecord(two, VersionState.Validated, default, [])], (await Doorman.ReadAsync(None)).Versions);
    }

    [StoreFact]
    public async Task ReadJournal_InPages_GivesEveryEntryOnceInOrder()
    {
        for (var i = 0; i < 10; i++)
        {
            await ChangeAsync(record => record);
        }

        var read = new List<JournalEntry>();
        while (await Doorman.ReadJournalAsync(read.LastOrDefault()?.Number ?? 0, 3, None) is { Count: > 0 } page)
        {
            Assert.True(page.Count <= 3);
            read.AddRange(page);
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), read.Select(entry => entry.Epoch));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Doorman.ReadJournalAsync(0, 0, None));
    }

    [StoreFact]
    public async Task TryWrite_UnderContention_LetsExactlyOneInPerEpochWithItsJournal()
    {
        const int contenders = 8, epochs = 20;
        await using var other = await OpenAnotherAsync();
        var one = await RegisterNextAsync();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, contenders).Select(i => Task.Run(async () =>
            {
                var next = DoormanRecord.Empty with { Epoch = epoch + 1, Current = one, Nodes = [new Member(new NodeId($"{i}"), epoch)] };
                return await (i % 2 == 0 ? Store : other).Doorman.TryWriteAsync(epoch, next, [Entry(epoch + 1, one, $"{i}")], None);
            })));

            var winner = Assert.Single(Enumerable.Range(0, contenders), i => results[i]);
            var record = await Doorman.ReadAsync(None);
            Assert.Equal((epoch + 1L, new Member(new NodeId($"{winner}"), epoch)), (record.Epoch, Assert.Single(record.Nodes)));
            Assert.Equal(record, await other.Doorman.ReadAsync(None));
            var noted = (await Doorman.ReadJournalAsync(0, 1000, None)).Where(entry => entry.Epoch == epoch + 1).ToArray();
            Assert.Equal($"{winner}", Assert.Single(noted).Who);
        }
    }

    [StoreFact]
    public async Task TryCommit_WithoutTheDoorman_TellsTheDoorman()
    {
        var (one, two) = (await RegisterNextAsync(), await RegisterNextAsync());
        Assert.True(await Store.Models.TryCommitAsync(0, one, None));
        Assert.True(await Store.Models.TryCommitAsync(1, two, None));

        var record = await Doorman.ReadAsync(None);
        Assert.Equal((2L, two, one), (record.Epoch, record.Current, record.Former));
        Assert.Equal(
            [new VersionRecord(one, VersionState.Retired, default, []), new VersionRecord(two, VersionState.Current, one, [])],
            record.Versions);
        Assert.Equal(
            [JournalAction.Registered, JournalAction.Registered, JournalAction.Current, JournalAction.Retired, JournalAction.Current],
            (await Doorman.ReadJournalAsync(0, 9, None)).Select(entry => entry.Action));
        Assert.Equal(new CurrentModel(2, two), await Store.Models.CurrentAsync(None));
    }

    private async Task<DoormanRecord> ChangeAsync(Func<DoormanRecord, DoormanRecord> change)
    {
        var before = await Doorman.ReadAsync(None);
        var next = change(before) with { Epoch = before.Epoch + 1 };
        Assert.True(await Doorman.TryWriteAsync(before.Epoch, next, [Entry(next.Epoch, next.Current)], None));
        return next;
    }

    private async Task<SnapshotVersion> RegisterNextAsync()
    {
        var version = await Store.Models.ReserveVersionAsync(None);
        await Store.Models.RegisterAsync(new RegisteredModel(version, $"v{version}", Sample.Noon, new string('a', 64), 1), None);
        return version;
    }

    private static JournalEntry Entry(long epoch, SnapshotVersion version, string who = "ann") =>
        new(epoch, Sample.Noon, JournalAction.Current, version, who, "", [], new Dictionary<string, double>());
}
