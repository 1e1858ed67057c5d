using Buddies.Cli.Bench.Faults;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage.Sqlite;
using Buddies.Training;
using Buddies.Training.Als;
using Buddies.Training.Synth;

namespace Buddies.Cli.Tests.Faults;

/// <summary>Vectors by the plain model's elimination are those of the engine's fold-in, and other facts give others.</summary>
public sealed class VectorJudgeTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-vectors-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task FindDifference_SameFacts_None_OtherFactsOrSimilarity_Told()
    {
        using var snapshot = await TrainAsync();
        var events = new FaultEvents(0, s_now, 7).Next(200);
        var (plain, taste, catalogue) = (new PlainTaste(), new UserTaste(TasteTransform.Default), new MusicCatalogue());
        foreach (var @event in events)
        {
            plain.Apply(@event);
            taste.Apply(@event, Intern(@event.Track), @event.Playlist is { } playlist ? catalogue.Intern(playlist) : null);
        }

        var judge = new VectorJudge(snapshot, catalogue, new Dictionary<string, PlainTaste> { ["u"] = plain });
        Assert.Null(judge.FindDifference("u", taste, [("u", 1f)]));

        Assert.Contains("similarity with u", judge.FindDifference("u", taste, [("u", 0.99f)]), StringComparison.Ordinal);
        Assert.Contains("no buddies", judge.FindDifference("u", taste, []), StringComparison.Ordinal);
        var hidden = SyntheticWorld.TrackId(3);
        taste.Apply(new UserEvent(new("more"), new("u"), EventKind.Hide, hidden, null, null, null, s_now), catalogue.Intern(hidden), null);
        Assert.Contains("from the model's", judge.FindDifference("u", taste, [("u", 1f)]), StringComparison.Ordinal);

        TrackIndex? Intern(TrackId? track) => track is { } id ? catalogue.Intern(id) : null;
    }

    private async Task<Snapshot> TrainAsync()
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_directory, "buddies.db"));
        await using (var session = await store.BeginImportAsync("synth", CancellationToken.None))
        {
            SyntheticWorld.Create(new SyntheticWorldOptions { Listeners = 60, Tracks = FaultEvents.Tracks, Artists = 40, AsOf = s_now }).WriteTo(session, null, CancellationToken.None);
            await session.CommitAsync(CancellationToken.None);
        }

        var trained = await ModelTrainer.TrainAsync(
            store, _directory, new TrainOptions { Als = new AlsOptions { Dimension = 12, Epochs = 3 } }, null, TimeProvider.System, CancellationToken.None);
        return Snapshot.Open(Path.Combine(SnapshotFolders.In(_directory), trained.Model.Folder));
    }
}
