using Buddies.Cli.Server;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Storage.Sqlite;

namespace Buddies.Cli.Tests.Replay;

/// <summary>A stored history through the door of a real server.</summary>
public sealed class ReplayCommandTests : IDisposable
{
    private const int Events = 250;

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-replay-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Replay_AStoreTwice_CountsOnce()
    {
        var (from, to) = (Path.Combine(_directory, "from"), Path.Combine(_directory, "to"));
        await FillAsync(from, withEvents: true);
        await FillAsync(to, withEvents: false);
        await using var server = await ServerProcess.StartReadyAsync(
            new ServerLaunch(BuiltServer.FilePath, new StoreChoice(StoreChoice.Sqlite, to, null)), default);
        using var status = new ServerStatus(server.Url);

        string[] replay = ["replay", "--data", from, "--server", server.Url.ToString(), "--speed", "0", "--batch", "100"];
        Assert.Equal(0, await Program.Main([.. replay, "--limit", "120"]));
        Assert.Equal(120, await status.ReadEventCountAsync("u", default));
        Assert.Equal(0, await Program.Main(replay));
        Assert.Equal(Events, await status.ReadEventCountAsync("u", default));
        Assert.Equal(0, await Program.Main(replay));
        Assert.Equal(Events, await status.ReadEventCountAsync("u", default));
    }

    [Fact]
    public async Task Replay_WithoutAHistoryOrAServer_SaysSo()
    {
        var empty = Path.Combine(_directory, "empty");
        Assert.Equal(2, await Program.Main(["replay", "--data", empty]));
        Assert.False(Directory.Exists(empty), "looking for a history has made a database");
        Assert.Equal(2, await Program.Main(["replay", "--data", empty, "--server", "nowhere"]));
    }

    /// <summary>A store that is not empty, so that a server does not fill it with a world of its own.</summary>
    private static async Task FillAsync(string directory, bool withEvents)
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(directory, "buddies.db"));
        await store.Catalogue.UpsertTracksAsync([new Track(new TrackId("t"), "Title", "Artist", [])], default);
        if (withEvents)
        {
            var start = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
            await store.Events.AppendAsync(
                [.. Enumerable.Range(0, Events).Select(n => new UserEvent(new EventId($"e{n}"), new UserId("u"), EventKind.Listen, new TrackId("t"), null, 100, 200, start.AddSeconds(-n)))],
                default);
        }
    }
}
