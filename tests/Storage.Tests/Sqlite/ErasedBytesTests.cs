using System.Text;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Tests.Contracts;

namespace Buddies.Storage.Tests.Sqlite;

/// <summary>Erasure, judged by the bytes on disk.</summary>
public sealed class ErasedBytesTests : IAsyncDisposable
{
    private readonly SqliteHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Erase_ManyUsersAmongMany_LeavesNoTraceInAnyFile()
    {
        // Ids in no order, so that pages of every index split and merge around them.
        const int seed = 7, users = 3000;
        var random = new Random(seed);
        var ids = Enumerable.Range(0, users).Select(i => $"trace-{random.NextInt64():x16}-{i}").ToArray();
        await using var store = await _harness.OpenAsync();
        for (var round = 0; round < 5; round++)
        {
            await store.Events.AppendAsync(
                [.. ids.OrderBy(_ => random.Next()).Select(id =>
                    Sample.Listen(id, $"{random.Next():x8}-{id}-{round}", "t", $"list-{id}") with { Context = $$"""{"of":"{{id}}"}""" })],
                default);
        }

        await store.Checkpoints.SaveAsync([.. ids.Select(id => new UserCheckpoint(new UserId(id), Encoding.UTF8.GetBytes(id), 1))], default);
        await store.Catalogue.UpsertPlaylistsAsync([.. ids.Select(id => Sample.Playlist($"list-{id}", id, "t"))], default);
        var erased = ids.Where((_, i) => i % 40 == 0).ToArray();

        foreach (var id in erased)
        {
            await store.EraseAsync(new UserId(id), default);
        }

        _harness.Sql("PRAGMA wal_checkpoint(TRUNCATE)");
        var bytes = Directory.GetFiles(_harness.Folder).Select(ReadShared).ToArray();
        var left = erased.Where(id => bytes.Any(b => b.AsSpan().IndexOf(Encoding.UTF8.GetBytes(id)) >= 0)).ToArray();
        Assert.True(left.Length == 0, $"seed {seed}: {left.Length} of {erased.Length} ids are still there, such as {left.FirstOrDefault()}");

        // The search itself can find: those who stayed are there.
        Assert.Contains(bytes, b => b.AsSpan().IndexOf(Encoding.UTF8.GetBytes(ids[1])) >= 0);
        Assert.Equal("ok", _harness.Sql("PRAGMA integrity_check"));
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
