using System.Text;
using System.Text.Json;
using Buddies.Cli.Replay;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Sqlite;

namespace Buddies.Cli.Tests.Replay;

public sealed class HistorySourceTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-history-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Read_AStore_GivesItsEventsAsTheDoorTakesThem()
    {
        var @event = new UserEvent(
            new("e1"), new("u\"ser"), EventKind.Listen, new("t"), new("p"), 5, 9, s_noon.AddMilliseconds(7), Context: """{"a":[1]}""");
        var item = Assert.Single(await ReadStoreAsync(1, @event));
        Assert.Equal(@event.OccurredAt.ToUnixTimeMilliseconds(), item.AtMs);
        using var json = JsonDocument.Parse(item.Line);
        Assert.Equal(
            """{"eventId":"e1","userId":"u\u0022ser","kind":"listen","trackId":"t","playlistId":"p","playedMs":5,"durationMs":9,"occurredAt":"2026-01-31T12:00:00.007Z","context":{"a":[1]}}""",
            Encoding.UTF8.GetString(item.Line));
    }

    [Theory]
    [InlineData(1, 1, 4)]
    [InlineData(3, 3, 2)]
    [InlineData(9, 5, 0)]
    public async Task Read_ARowOfSeveralPlays_BecomesSoManyEventsWithIdsThatStay(int most, int expected, int leftOut)
    {
        var longId = new EventId(new string('x', EventRules.MaxIdLength));
        var rows = new[] { longId, new EventId("short") }
            .Select(id => new UserEvent(id, new("u"), EventKind.Listen, new("t"), null, null, null, s_noon, Plays: 5)).ToArray();
        var first = (await ReadStoreAsync(most, rows)).Select(IdOf).ToArray();
        Assert.Equal(2 * expected, first.Distinct().Count());
        Assert.All(first, id => Assert.Null(EventRules.FindIdError(id, "eventId")));
        Assert.Contains("short", first);
        Assert.Equal(2 * leftOut, _source!.PlaysLeftOut);
    }

    [Fact]
    public async Task ReadFile_FromTo_KeepsWhatIsWantedAndNamesTheFirstBadLine()
    {
        var path = Path.Combine(_directory, "events.ndjson");
        await File.WriteAllLinesAsync(path,
        [
            """{"eventId":"a","occurredAt":"2026-01-31T11:59:59.999Z"}""",
            """{"eventId":"b","occurredAt":"2026-01-31T13:00:00+01:00"}""",
            "",
            """{"eventId":"c","kind":7,"occurredAt":"2026-01-31T12:30:00Z"}""",
            """{"occurredAt":"2026-01-31T12:30:00Z"}""",
            """{"eventId":"d"}""",
            "nothing",
            """{"eventId":"e","occurredAt":"2026-01-31T13:00:00Z"}""",
        ]);
        using var history = new SortedHistory();
        var source = new HistorySource(history, s_noon, s_noon.AddHours(1));
        await source.ReadFileAsync(path, isStrict: false, default);

        Assert.Equal(["b", "c"], history.Read().Select(IdOf));
        Assert.Equal(3, source.BadLines);
        Assert.StartsWith("line 5: expected an eventId", source.FirstBadLine, StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<IOException>(() => source.ReadFileAsync(path, isStrict: true, default));
        Assert.Contains("line 5", refused.Message, StringComparison.Ordinal);
    }

    private HistorySource? _source;

    private async Task<List<HistoryItem>> ReadStoreAsync(int mostPlays, params UserEvent[] events)
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        await store.Events.AppendAsync(events, default);
        using var history = new SortedHistory();
        _source = new HistorySource(history, null, null);
        await _source.ReadAsync(store.Events, mostPlays, default);
        return [.. history.Read()];
    }

    private static string IdOf(HistoryItem item)
    {
        using var json = JsonDocument.Parse(item.Line);
        return json.RootElement.GetProperty("eventId").GetString()!;
    }
}
