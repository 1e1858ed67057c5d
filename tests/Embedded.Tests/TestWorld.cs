using System.Globalization;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Storage.Sqlite;
using Buddies.Training.Synth;

namespace Buddies.Embedded.Tests;

/// <summary>A runtime over its own copy of the small world, with a clock that stands still until told otherwise.</summary>
internal sealed class TestWorld : IAsyncDisposable
{
    private readonly Func<string, EmbeddedOptions> _options;
    private readonly List<string> _directories = [];
    private int _eventNumber;

    private TestWorld(Func<string, EmbeddedOptions> options) => _options = options;

    public static HomeRequest Large { get; } = new(6, 50, []);

    public FakeTime Time { get; } = new(WorldTemplate.AsOf);

    public string Directory { get; private set; } = "";

    public HookedStore Store { get; private set; } = null!;

    public EmbeddedRuntime Runtime { get; private set; } = null!;

    public static EmbeddedOptions DefaultOptions(string directory) =>
        new() { DataDirectory = directory, Partitions = 3, MoveThreshold = 0 };

    /// <summary>Cells that are searched at every move, so that buddy sets equal brute force.</summary>
    public static EmbeddedOptions ExactOptions(string directory) =>
        new() { DataDirectory = directory, Partitions = 3, MoveThreshold = 0, BuddyDrift = 0 };

    public static async Task<TestWorld> StartAsync(Func<string, EmbeddedOptions>? options = null)
    {
        var world = new TestWorld(options ?? DefaultOptions);
        await world.OpenAsync(await WorldTemplate.CopyAsync());
        return world;
    }

    public static UserId Listener(int number) => SyntheticWorld.ListenerId(number);

    public static TrackId Track(int number) => SyntheticWorld.TrackId(number);

    /// <summary>Stops in order and starts again on the same files.</summary>
    public async Task RestartAsync(Action<string>? whileDown = null)
    {
        await CloseAsync();
        whileDown?.Invoke(Path.Combine(Directory, "buddies.db"));
        await OpenAsync(Directory);
    }

    /// <summary>Starts on what a crash at this moment would leave: no last checkpoint, the write-ahead log as it lies.</summary>
    public async Task CrashAsync()
    {
        var remains = System.IO.Directory.CreateTempSubdirectory("buddies-crashed-").FullName;
        WorldTemplate.CopyFiles(Directory, remains);
        await CloseAsync();
        await OpenAsync(remains);
    }

    public UserEvent Event(UserId user, EventKind kind, TrackId? track = null, PlaylistId? playlist = null, string? id = null) => new(
        new EventId(id ?? string.Create(CultureInfo.InvariantCulture, $"e{Interlocked.Increment(ref _eventNumber)}")),
        user,
        kind,
        track,
        playlist,
        kind == EventKind.Listen ? 200_000 : null,
        kind == EventKind.Listen ? 200_000 : null,
        Time.GetUtcNow());

    public async Task SendAsync(params UserEvent[] events) => await Runtime.IngestAsync(events, default);

    public async Task<HomePage> HomeAsync(UserId user, HomeRequest? request = null) =>
        await Runtime.HomeAsync(user, request ?? Large, default);

    public async Task<long> EventCountAsync(UserId user) => (await Runtime.TasteAsync(user, default)).Counts.Events;

    /// <summary>Waits for all that a listener's partition was handed before.</summary>
    public async Task SettleAsync(UserId user) => await Runtime.OwnerOf(user).AskAsync(_ => true, default);

    /// <summary>Waits for all that any partition was handed before.</summary>
    public async Task SettleAsync()
    {
        foreach (var partition in Runtime.Partitions)
        {
            await partition.AskAsync(_ => true, default);
        }
    }

    /// <summary>A tick of every partition behind all that any of them was handed before, done when this returns.</summary>
    public async Task TickAsync()
    {
        await SettleAsync();
        foreach (var partition in Runtime.Partitions)
        {
            await partition.AskAsync(p => { p.Tick(); return true; }, default);
        }
    }

    /// <summary>The vector that a listener's page is made with.</summary>
    public async Task<float[]> UnitAsync(UserId user) =>
        await Runtime.OwnerOf(user).AskAsync(p => p.UnitOf(Runtime.Users.Find(user)!), default);

    /// <summary>How far a vector is at most from what the cells keep of it, sixteen bits a dimension.</summary>
    public static double RoundingOf(int dimension) => Math.Sqrt(dimension) / (2 * short.MaxValue);

    public async Task<TrackId[]> KnownTracksAsync(UserId user, int count) =>
        [.. (await Runtime.TasteAsync(user, default)).TopTracks.Take(count).Select(track => track.Track)];

    public PlaylistContents Contents(PlaylistId playlist)
    {
        Assert.True(Runtime.Catalogue.TryFind(playlist, out var index), $"{playlist} has no position");
        return Runtime.Catalogue.Describe(index) ?? throw new InvalidOperationException($"{playlist} is not described");
    }

    /// <summary>All facts by id, to the last bit: positions differ from process to process, this does not.</summary>
    public async Task<string> FactsAsync(UserId user) => await Runtime.OwnerOf(user).AskAsync(
        _ => Runtime.Users.Find(user) is { } state ? Describe(state.Facts, Runtime.Catalogue) : "nobody", default);

    public static string Describe(UserTaste facts, MusicCatalogue catalogue)
    {
        var lines = new List<string>();
        foreach (var fact in facts.Tracks)
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{catalogue.IdOf(new TrackIndex(fact.Track))} {fact.For:R} {fact.Against:R} {fact.Session:R} {fact.LastAtMs} {fact.Marks}"));
        }

        lines.Sort(StringComparer.Ordinal);
        foreach (var fact in facts.Playlists)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{catalogue.IdOf(new PlaylistIndex(fact.Playlist))} {fact.Marks} {fact.LastAtMs}"));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{facts.EventCount} events, newest {facts.NewestAtMs}\n") + string.Join('\n', lines);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        foreach (var directory in _directories.Distinct())
        {
            System.IO.Directory.Delete(directory, true);
        }
    }

    private async Task OpenAsync(string directory)
    {
        _directories.Add(directory);
        Directory = directory;
        Store = new HookedStore(await SqliteStore.OpenAsync(Path.Combine(directory, "buddies.db")));
        Runtime = new EmbeddedRuntime(Store, _options(directory), Time);
        await Runtime.StartAsync(default);
    }

    private async Task CloseAsync()
    {
        await Runtime.DisposeAsync();
        await Store.DisposeAsync();
    }
}
