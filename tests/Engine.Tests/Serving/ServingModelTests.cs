using System.Numerics.Tensors;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Tests.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Serving;

public sealed class ServingModelTests : IDisposable
{
    private const int Dimension = 6;
    private const int Tracks = 30;
    private const int Playlists = 1500; // More than one block of the scan.

    private readonly string _folder = Directory.CreateTempSubdirectory("buddies-serving-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void RowOf_KnownUnknownAndLaterTracks_FollowsTheIds()
    {
        var model = new ServingModel(new SnapshotVersion(1), new FoldInParameters(1, 0.1, 1), 2, new float[6], [1, 2, 3], [7, 0, 4]);
        Assert.Equal([1, -1, -1, -1, 2, -1, -1, 0, -1], Enumerable.Range(0, 9).Select(model.RowOf));
        Assert.Equal(-1, model.RowOf(int.MaxValue));
        Assert.Equal([1f, 2f, 3f], model.TrackWeights.ToArray());
        Assert.Throws<ArgumentException>(() => new ServingModel(default, default, 2, new float[5], [1, 2, 3], [7, 0, 4]));
        Assert.Throws<ArgumentException>(() => new ServingModel(default, default, 2, new float[6], [1, 2], [7, 0, 4]));
    }

    [Fact]
    public void Model_OfASnapshot_FindsItsRowsInAnyCatalogue()
    {
        using var snapshot = OpenSnapshot();
        var catalogue = new MusicCatalogue();
        catalogue.Intern(new TrackId("stranger"));
        catalogue.Intern(new TrackId("t17"));
        catalogue.Intern(new PlaylistId("p3"));
        var model = new ServingModel(snapshot, catalogue);

        Assert.Equal(-1, model.RowOf(0));
        for (var row = 0; row < Tracks; row++)
        {
            Assert.Equal(row, model.RowOf(catalogue.Intern(new TrackId($"t{row}")).Value));
        }

        Assert.Equal((new SnapshotVersion(3), Dimension, Tracks), (model.Version, model.Dimension, model.TrackCount));
        Assert.Equal(snapshot.FoldInParameters, model.Parameters);
        Assert.Equal(snapshot.TrackFactors.ToArray(), model.TrackFactors.ToArray());
        Assert.Equal(snapshot.ScaledGram.ToArray(), model.ScaledGram.ToArray());
        Assert.Equal(1, TensorPrimitives.Norm(model.PlaylistVector(catalogue.Intern(new PlaylistId("p5")).Value)), 5);
        Assert.True(model.PlaylistVector(catalogue.Intern(new PlaylistId("later")).Value).IsEmpty);
    }

    [Fact]
    public void FindPlaylists_TrainedPlacedAndMoved_EqualsBruteForce()
    {
        using var snapshot = OpenSnapshot();
        var catalogue = new MusicCatalogue();
        var model = new ServingModel(snapshot, catalogue);
        var truth = new Dictionary<int, float[]>();
        for (var row = 0; row < Playlists; row++)
        {
            var vector = snapshot.PlaylistFactor(row).ToArray();
            VectorKernels.Normalize(vector);
            truth[catalogue.Intern(new PlaylistId($"p{row}")).Value] = vector;
        }

        // One is new, one has changed, one now holds only what the model does not know.
        Place(catalogue, model, truth, "new", 3, 3, 9);
        Place(catalogue, model, truth, "p7", 12, 13);
        Place(catalogue, model, truth, "p8", 99);

        var random = new Random(2);
        for (var i = 0; i < 20; i++)
        {
            var direction = TasteWorld.RandomFactors(random, 1, Dimension);
            var (found, scores) = (new int[40], new float[40]);
            Assert.Equal(40, model.FindPlaylists(direction, found, scores));
            var expected = truth.Where(pair => pair.Value.Length > 0)
                .Select(pair => (Playlist: pair.Key, Score: TensorPrimitives.Dot<float>(pair.Value, direction)))
                .OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Playlist).Take(40);
            Assert.Equal(expected, found.Zip(scores));
        }

        var all = new int[Playlists + 9];
        Assert.Equal(Playlists, model.FindPlaylists([1, 0, 0, 0, 0, 0], all, new float[all.Length]));
        Assert.DoesNotContain(catalogue.Intern(new PlaylistId("p8")).Value, all[..Playlists]);
    }

    [Fact]
    public void Place_AnyContents_EqualsDenseEliminationScaledToUnitLength()
    {
        using var snapshot = OpenSnapshot();
        var catalogue = new MusicCatalogue();
        var model = new ServingModel(snapshot, catalogue);
        var vector = Place(catalogue, model, [], "new", 3, 5, 5, 5, 9, 99);

        // Four different tracks, six entries: the mean is 1.5, also of the one that the model does not know.
        var transform = TasteTransform.Default;
        var confidences = new[] { (3, 1), (5, 3), (9, 1) }
            .Select(pair => (float)transform.ConfidenceOf(pair.Item2, 1.5) * model.TrackWeights[pair.Item1]).ToArray();
        var expected = DenseReference.Solve(model.TrackFactors, Dimension, [3, 5, 9], confidences, [1, 1, 1], model.Parameters);
        var norm = Math.Sqrt(expected.Sum(value => value * value));
        Assert.Null(DenseReference.FindDifference([.. expected.Select(value => value / norm)], vector, 1e-5));
    }

    private static float[] Place(MusicCatalogue catalogue, ServingModel model, Dictionary<int, float[]> truth, string id, params int[] tracks)
    {
        catalogue.Upsert(new Playlist(new PlaylistId(id), id, new UserId("o"), true, [.. tracks.Select(track => new TrackId($"t{track}"))], 0));
        var index = catalogue.Intern(new PlaylistId(id));
        model.Place(index, catalogue.Describe(index)!, TasteTransform.Default, new FoldInSystem(Dimension));
        return truth[index.Value] = model.PlaylistVector(index.Value).ToArray();
    }

    private Snapshot OpenSnapshot()
    {
        var random = new Random(1);
        var contents = new SnapshotContents
        {
            Dimension = Dimension,
            TrackIds = [.. Enumerable.Range(0, Tracks).Select(i => new TrackId($"t{i}"))],
            TrackFactors = TasteWorld.RandomFactors(random, Tracks, Dimension),
            TrackPopularity = new float[Tracks],
            TrackWeights = [.. Enumerable.Range(0, Tracks).Select(i => 1 + (i / 40f))],
            PlaylistIds = [.. Enumerable.Range(0, Playlists).Select(i => new PlaylistId($"p{i}"))],
            PlaylistFactors = TasteWorld.RandomFactors(random, Playlists, Dimension),
            PlaylistOffsets = new long[Playlists + 1],
            PlaylistTracks = [],
            PlaylistTimes = [],
            UserIds = [],
            UserVectors = [],
        };
        var template = new SnapshotManifest(
            0, 3, 2, TasteWorld.Start, 0, TasteTransform.Default.Fingerprint, 0, 0, 0, 0, 0.1, 0.01, 0.5, new Dictionary<string, double>(), []);
        var written = SnapshotWriter.Write(_folder, "000003", contents, template);
        return Snapshot.Open(written.Folder, written.ManifestSha256);
    }
}
