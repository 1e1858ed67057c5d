using Buddies.Engine.Catalogue;
using Buddies.Engine.Doorman;
using Buddies.Engine.Doorman.Gates;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Buddies.Storage.Doorman;
using Buddies.Storage.Sqlite;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;

namespace Buddies.Training.Tests.Validation;

/// <summary>
/// Listeners of five communities who play their community's tracks, in two tiers: first what a model is trained on and
/// promoted, then what is served. Each round may be different.
/// </summary>
internal sealed class ServedWorld : IAsyncDisposable
{
    public const int Communities = 5;
    private const int ListenersEach = 24;
    private const int TracksEach = 30;

    private readonly Random _random = new(7);
    private int _events;

    private ServedWorld(string folder, IStore store) => (Folder, Store) = (folder, store);

    public static TrainOptions Options { get; } = new()
    {
        Als = new AlsOptions { Dimension = 10, Epochs = 4 },
        Holdout = new HoldoutOptions(),
    };

    public string Folder { get; }

    public IStore Store { get; }

    /// <summary>A world whose first version is trained on 2,400 plays, let through and current.</summary>
    public static async Task<ServedWorld> CreateAsync()
    {
        var world = await CreateEmptyAsync();
        await world.PlayAsync(2400);
        await world.TrainAsync();
        Assert.Empty(await world.AskAsync(1));
        Assert.True((await world.Desk().PromoteAsync(new SnapshotVersion(1), "ann", "test", default)).IsAccepted);
        return world;
    }

    /// <summary>A world with its tracks, and no plays.</summary>
    public static async Task<ServedWorld> CreateEmptyAsync()
    {
        var folder = Directory.CreateTempSubdirectory("buddies-served-").FullName;
        var world = new ServedWorld(folder, await SqliteStore.OpenAsync(Path.Combine(folder, "buddies.db")));
        await world.Store.Catalogue.UpsertTracksAsync(
            [.. from community in Enumerable.Range(0, Communities) from number in Enumerable.Range(0, TracksEach) select new Track(TrackOf(community, number), "title", "artist", [$"tag{community}"])],
            default);
        return world;
    }

    /// <summary>Plays as usual, each changed by <paramref name="change"/>, which may leave it out.</summary>
    public async Task PlayAsync(int count, Func<UserEvent, UserEvent?>? change = null)
    {
        var events = new List<UserEvent>();
        for (var i = 0; i < count; i++)
        {
            var community = _random.Next(Communities);
            var listener = _random.Next(ListenersEach);
            var duration = 120_000 + _random.Next(180_000);
            var played = new UserEvent(
                new EventId($"e{_events++}"),
                new UserId($"u{community}-{listener:D2}"),
                EventKind.Listen,
                TrackOf(community, _random.Next(TracksEach)),
                null,
                (int)(duration * Math.Sqrt(_random.NextDouble())),
                duration,
                new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(_events),
                Context: $$"""{"tier":"{{(listener % 3 == 0 ? "premium" : "free")}}"}""");
            if ((change is null ? played : change(played)) is { } kept)
            {
                events.Add(kept);
            }
        }

        await Store.Events.AppendAsync(events, default);
    }

    public Task<TrainResult> TrainAsync(TrainSupport? support = null) =>
        ModelTrainer.TrainAsync(Store, Folder, Options, support ?? new TrainSupport(), default);

    /// <summary>Has the gates judge a version.</summary>
    /// <returns>Why it is refused; empty where it is let through.</returns>
    public async Task<IReadOnlyList<string>> AskAsync(int version)
    {
        var answer = await Desk().AskAsync((at, request) => new ValidateRequested(at, request, "ann", "test", new SnapshotVersion(version)), default);
        var reasons = (await Store.Doorman.ReadAsync(default)).Find(new SnapshotVersion(version))!.Reasons;
        Assert.Equal(answer.IsAccepted, reasons.Count == 0);
        return reasons;
    }

    public DoormanDesk Desk() => new(Store, SnapshotFolders.In(Folder), TasteTransform.Default.Fingerprint, new GateOptions(), TimeProvider.System);

    /// <summary>A track of any community; of each the first are more popular.</summary>
    public static TrackId AnyTrack(Random random) => TrackOf(random.Next(Communities), (int)(TracksEach * Math.Pow(random.NextDouble(), 3)));

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static TrackId TrackOf(int community, int number) => new($"t{community}-{number:D2}");
}
