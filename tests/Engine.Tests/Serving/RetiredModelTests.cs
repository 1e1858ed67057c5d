using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Tests.Taste;

namespace Buddies.Engine.Tests.Serving;

public sealed class RetiredModelTests : IDisposable
{
    private const int Dimension = 6;

    private readonly string _root = Directory.CreateTempSubdirectory("buddies-retired-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(100, 100)]
    [InlineData(100, 97)]
    [InlineData(100, 104)]
    [InlineData(100, 20)]
    [InlineData(20, 100)]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    public void Model_InMemoryOfARetiredOne_IsWhatItIsWithout(int formerPlaylists, int playlists)
    {
        using var former = Write(1, formerPlaylists);
        using var snapshot = Write(2, playlists);
        var (plainCatalogue, catalogue) = (new MusicCatalogue(), new MusicCatalogue());
        var retired = new ServingModel(former, catalogue);
        retired.FindPlaylists([1, 2, 3, 4, 5, 6], new int[10], new float[10]);
        _ = new ServingModel(former, plainCatalogue);

        var model = new ServingModel(snapshot, catalogue, retired);
        var plain = new ServingModel(snapshot, plainCatalogue);

        for (var track = 0; track < catalogue.TrackCount + 5; track++)
        {
            Assert.Equal(plain.RowOf(track), model.RowOf(track));
        }

        for (var playlist = 0; playlist < catalogue.PlaylistCount + 5; playlist++)
        {
            Assert.Equal(plain.PlaylistVector(playlist).ToArray(), model.PlaylistVector(playlist).ToArray());
        }

        var random = new Random(3);
        for (var i = 0; i < 10; i++)
        {
            var direction = TasteWorld.RandomFactors(random, 1, Dimension);
            var (expected, expectedScores, found, scores) = (new int[30], new float[30], new int[30], new float[30]);
            Assert.Equal(plain.FindPlaylists(direction, expected, expectedScores), model.FindPlaylists(direction, found, scores));
            Assert.Equal(expected, found);
            Assert.Equal(expectedScores, scores);
        }
    }

    [Fact]
    public void Fit_AboutTheSameLength_TakesTheRetiredArrayAndElseANewOne()
    {
        var retired = new int[1000];
        Assert.Same(retired, RetiredArrays.Fit(retired, 1000));
        Assert.Same(retired, RetiredArrays.Fit(retired, 950));
        Assert.NotSame(retired, RetiredArrays.Fit(retired, 500));
        var grown = RetiredArrays.Fit(retired, 1001);
        Assert.NotSame(retired, grown);
        Assert.Same(grown, RetiredArrays.Fit(grown, 1010));
        Assert.Equal(7, RetiredArrays.Fit<int>(null, 7).Length);
    }

    [Fact]
    public void CopyUserId_AnyRow_IsTheId()
    {
        using var snapshot = Write(1, 3);
        Span<char> id = new char[Snapshot.LongestId];
        for (var row = 0; row < snapshot.UserCount; row++)
        {
            Assert.Equal(snapshot.UserId(row).Value, new string(id[..snapshot.CopyUserId(row, id)]));
        }
    }

    private Snapshot Write(int version, int playlists)
    {
        const int Tracks = 40;
        string[] users = ["ada", "Jürgen", "静香", "🎧", "e"];
        var random = new Random(version);
        var contents = new SnapshotContents
        {
            Dimension = Dimension,
            TrackIds = [.. Enumerable.Range(0, Tracks + version).Select(i => new TrackId($"t{i * version}"))],
            TrackFactors = TasteWorld.RandomFactors(random, Tracks + version, Dimension),
            TrackPopularity = [.. Enumerable.Repeat(0.1f, Tracks + version)],
            TrackWeights = [.. Enumerable.Repeat(1f, Tracks + version)],
            PlaylistIds = [.. Enumerable.Range(0, playlists).Select(i => new PlaylistId($"p{i + version}"))],
            PlaylistFactors = TasteWorld.RandomFactors(random, playlists, Dimension),
            PlaylistOffsets = [.. Enumerable.Range(0, playlists + 1).Select(i => (long)i)],
            PlaylistTracks = [.. Enumerable.Range(0, playlists).Select(i => i % Tracks)],
            PlaylistTimes = [.. Enumerable.Repeat(1, playlists)],
            UserIds = [.. users.Select(id => new UserId(id))],
            UserVectors = TasteWorld.RandomFactors(random, users.Length, Dimension),
        };
        var template = new SnapshotManifest(
            0, version, 0, TasteWorld.Start, 0, TasteTransform.Default.Fingerprint, 0, 0, 0, 0, 0.1, 0.01, 0.5, new Dictionary<string, double>(), []);
        var written = SnapshotWriter.Write(_root, $"{version:000000}", contents, template);
        return Snapshot.Open(written.Folder, written.ManifestSha256);
    }
}
