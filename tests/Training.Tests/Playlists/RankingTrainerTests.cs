using Buddies.Engine.Home;
using Buddies.Engine.Ranking;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Storage.Sqlite;
using Buddies.Training.Als;
using Buddies.Training.Facts;
using Buddies.Training.Playlists;
using Buddies.Training.Synth;

namespace Buddies.Training.Tests.Playlists;

/// <summary>From a log with follows to a snapshot that ranks by them.</summary>
public sealed class RankingTrainerTests : IDisposable
{
    private static readonly TrainOptions s_options = new() { Als = new AlsOptions { Dimension = 16, Epochs = 4, Threads = 2 } };
    private readonly string _folder = Directory.CreateTempSubdirectory("buddies-ranking-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Train_LogWithFollows_WritesARankerThatServingReads()
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(_folder, "buddies.db"));
        await WriteWorldAsync(store);
        var notes = new List<string>();
        var result = await ModelTrainer.TrainAsync(store, _folder, s_options, new TrainSupport { Note = notes.Add }, default);
        Assert.Contains(notes, note => note.StartsWith("A ranker of playlists was trained on ", StringComparison.Ordinal));
        Assert.True(result.Manifest.Metrics["playlistPairs"] > 300);
        Assert.True(result.Manifest.Metrics["playlistNdcg by hand"] > 0);
        using var snapshot = Snapshot.Open(Path.Combine(SnapshotFolders.In(_folder), result.Model.Folder), result.Model.ManifestSha256);
        Assert.NotNull(snapshot.Manifest.Ranking);
        Assert.Equal(snapshot.PlaylistCount * (snapshot.Dimension + 1), snapshot.PlaylistRanker.Length);

        // What is evaluated is what is served: the same listener's features from the trainer's world and from the files.
        var facts = await FactReader.ReadAsync(store, TasteTransform.Default, default);
        var set = TrainingSet.From(facts);
        var served = new ServingModel(snapshot, facts.Catalogue);
        Assert.True(served.HasPlaylistRanker);
        Assert.Equal(snapshot.Manifest.Ranking, served.Ranking);
        var trained = new ServingModel(
            default, served.Parameters, served.Dimension, served.TrackFactors.ToArray(), served.TrackWeights.ToArray(), set.TrackOfRow,
            snapshot.PlaylistFactors.ToArray(), [.. set.Playlists.Select(playlist => PositionOf(facts, playlist.Id))], null,
            snapshot.PlaylistRanker.ToArray(), served.Ranking);
        var (units, system) = (new float[set.Users.Length * served.Dimension], new FoldInSystem(served.Dimension));
        for (var row = 0; row < set.Users.Length; row++)
        {
            var unit = units.AsSpan(row * served.Dimension, served.Dimension);
            LiveTaste.Derive(facts.Tastes[set.Users[row]], served, system, unit);
            VectorKernels.Normalize(unit);
        }

        var world = new RankingWorld(set, facts.Interactions!, facts.HeldOut!, units);
        var (listener, checkedCount) = (world.Listeners.First(), 0);
        var example = world.Make(listener, trained);
        var inputs = world.InputsOf(listener, served);
        foreach (var candidate in HomeCandidates.Of(inputs).Where(candidate => facts.Interactions![listener, candidate.Playlist.Value] == PlaylistSigns.None))
        {
            var features = new double[RankingExample.Width];
            RankingWeights.Copy(candidate.Features, features);
            Assert.Contains(Enumerable.Range(0, example.Count), i => example.Of(i).ToArray().Zip(features).All(pair => Math.Abs(pair.First - pair.Second) < 1e-5));
            checkedCount++;
        }

        Assert.True(checkedCount > 20);
        Assert.True(Enumerable.Range(0, example.Count).Select(i => example.Of(i)[8]).Distinct().Count() > 10);
    }

    [Fact]
    public async Task Train_LogWithoutChoices_WritesNoRanker()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var notes = new List<string>();
        var result = await ModelTrainer.TrainAsync(world.Store, world.Folder, s_options, new TrainSupport { Note = notes.Add }, default);
        Assert.Contains("No ranker of playlists: listeners chose 0 playlists of others, which is too few.", notes);
        Assert.Equal(0, result.Manifest.Metrics["playlistPairs"]);
        Assert.Null(result.Manifest.Ranking);
        Assert.DoesNotContain(result.Manifest.Files, file => file.Name == "playlist-ranker.f32");
    }

    private static int PositionOf(FactSet facts, Engine.Identifiers.PlaylistId id) => facts.Catalogue.TryFind(id, out var index) ? index.Value : -1;

    private static async Task WriteWorldAsync(SqliteStore store)
    {
        var options = new SyntheticWorldOptions
        {
            Listeners = 400, Tracks = 500, Artists = 50, Playlists = 200, Communities = 8, EventsPerListener = 40, AsOf = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        };
        await using var session = await store.BeginImportAsync("synth", default);
        SyntheticWorld.Create(options).WriteTo(session, null, default);
        await session.CommitAsync(default);
    }
}
