using Buddies.Storage.Sqlite;
using Buddies.Storage.Tests.Contracts;

namespace Buddies.Storage.Tests.Sqlite;

/// <summary>The write-ahead log is moved into the file beside the writer.</summary>
public sealed class WalBackfillTests : IAsyncDisposable
{
    private const int PageBytes = 4096;

    private readonly SqliteHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Log_WhenItIsDue_IsMoved_ThoughNoFurtherCommitComes()
    {
        // By itself SQLite would move it with a commit that finds four times as much.
        const int pages = 400;
        var options = new SqliteStoreOptions { LogPages = pages };
        await using var store = await SqliteStore.OpenAsync(_harness.File, options);
        var empty = new FileInfo(_harness.File).Length;
        var groups = 0;
        while (LogBytes() < (pages + 20) * PageBytes)
        {
            await store.Events.AppendAsync(Group(groups++), default);
        }

        Assert.True(LogBytes() < 4 * pages * PageBytes, "SQLite itself may have moved it");
        await UntilAsync(() => new FileInfo(_harness.File).Length > empty + (10 * PageBytes), "the log was never moved");
    }

    [Fact]
    public async Task Log_MovedOverAndOver_StaysShort_AndLosesNothing()
    {
        const int pages = 64, groups = 150;
        await using (var store = await SqliteStore.OpenAsync(_harness.File, new SqliteStoreOptions { LogPages = pages }))
        {
            for (var i = 0; i < groups; i++)
            {
                await store.Events.AppendAsync(Group(i), default);
            }

            // A commit may find four times as many pages, and adds its own; the file is as long as the log ever was.
            Assert.InRange(LogBytes(), 1, 6 * pages * PageBytes);
        }

        await using var again = await SqliteStore.OpenAsync(_harness.File);
        Assert.Equal(groups * Group(0).Count, await again.Events.CountAsync(default));
        Assert.Equal("ok", _harness.Sql("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task Log_LeftByAProcessThatDied_IsMovedWithTheFirstCommit()
    {
        const int pages = 400;
        var copy = Path.Combine(_harness.Folder, "copy.db");
        await using (var store = await SqliteStore.OpenAsync(_harness.File, new SqliteStoreOptions { LogPages = 10_000 }))
        {
            for (var i = 0; LogBytes() < (pages + 20) * PageBytes; i++)
            {
                await store.Events.AppendAsync(Group(i), default);
            }

            // What kill -9 leaves: the files as they are, the log not moved.
            CopyShared(_harness.File, copy);
            CopyShared(_harness.File + "-wal", copy + "-wal");
        }

        var left = new FileInfo(copy).Length;
        await using var again = await SqliteStore.OpenAsync(copy, new SqliteStoreOptions { LogPages = pages });
        await again.Events.AppendAsync(Group(1_000_000), default);
        await UntilAsync(() => new FileInfo(copy).Length > left + (10 * PageBytes), "the log was never moved");
    }

    [Fact]
    public async Task Erase_WhileTheLogIsMovedAllTheTime_StillEmptiesIt()
    {
        await using var store = await SqliteStore.OpenAsync(_harness.File, new SqliteStoreOptions { LogPages = 1 });
        for (var i = 0; i < 50; i++)
        {
            await store.Events.AppendAsync(Group(i), default);
            await store.EraseAsync(new($"listener-{i}"), default);
            Assert.Equal(0, LogBytes());
        }
    }

    private static List<Engine.Events.UserEvent> Group(int number) =>
        [.. Enumerable.Range(0, 20).Select(i => Sample.Listen($"listener-{(number * 7 + i) % 97}", $"{number:x6}-{i}", $"track-{i}"))];

    private long LogBytes() => new FileInfo(_harness.File + "-wal").Length;

    private static void CopyShared(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var target = File.Create(to);
        source.CopyTo(target);
    }

    private static async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 1000, otherwise);
            await Task.Delay(10);
        }
    }
}
