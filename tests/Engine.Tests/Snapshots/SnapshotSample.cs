using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Tests.Snapshots;

/// <summary>A small snapshot in a temporary folder that goes away with it.</summary>
internal sealed class SnapshotSample : IDisposable
{
    public const int Dimension = 5;

    public SnapshotSample() => Parent = Directory.CreateTempSubdirectory("buddies-snapshot-").FullName;

    public string Parent { get; }

    /// <summary>Each track but the last is linked to the two after it, as far as there are any.</summary>
    public static TrackLinkTable MakeLinks(int tracks, Func<int, float[]> values)
    {
        int[][] rows = [.. Enumerable.Range(0, tracks).Select(track => Enumerable.Range(track + 1, Math.Min(2, tracks - track - 1)).ToArray())];
        int[] targets = [.. rows.SelectMany(row => row)];
        var offsets = new long[tracks + 1];
        for (var track = 0; track < tracks; track++)
        {
            offsets[track + 1] = offsets[track] + rows[track].Length;
        }

        return new TrackLinkTable(offsets, targets, values(targets.Length), new LinkParameters(targets.Length, 0.75, 0.5, 0.25));
    }

    public static SnapshotContents MakeContents(int tracks = 7, int playlists = 3, int users = 4)
    {
        var random = new Random(11);
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        var offsets = new long[playlists + 1];
        var rows = new List<int>();
        for (var playlist = 0; playlist < playlists; playlist++)
        {
            // The first playlist is empty.
            rows.AddRange(Enumerable.Range(0, Math.Min(2 * playlist, tracks)));
            offsets[playlist + 1] = rows.Count;
        }

        return new SnapshotContents
        {
            Dimension = Dimension,
            TrackIds = [.. Enumerable.Range(0, tracks).Select(i => new TrackId($"track-ä-{i}"))],
            TrackFactors = Values(tracks * Dimension),
            TrackPopularity = Values(tracks),
            TrackWeights = [.. Enumerable.Range(0, tracks).Select(i => 1 + (0.25f * i))],
            PlaylistIds = [.. Enumerable.Range(0, playlists).Select(i => new PlaylistId($"p{i}"))],
            PlaylistFactors = Values(playlists * Dimension),
            PlaylistOffsets = offsets,
            PlaylistTracks = [.. rows],
            PlaylistTimes = [.. rows.Select(row => 1 + (row % 3))],
            UserIds = [.. Enumerable.Range(0, users).Select(i => new UserId($"音楽{i}"))],
            UserVectors = Values(users * Dimension),
            Cells = new CellMap(Values(3 * Dimension), Dimension, [[0, 1], [1, 2], [2]]),
            Links = MakeLinks(tracks, Values),
            PlaylistRanker = Values(playlists * (Dimension + 1)),
        };
    }

    public static SnapshotManifest MakeTemplate(int version = 3) => new(
        0, version, 2, new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero), 1234, TasteTransform.Default.Fingerprint,
        0, 0, 0, 0, 0.1, 0.003, 1, new Dictionary<string, double> { ["recall"] = 0.33 }, []);

    public WrittenSnapshot Write(SnapshotContents? contents = null, SnapshotManifest? template = null) =>
        SnapshotWriter.Write(Parent, "000003", contents ?? MakeContents(), template ?? MakeTemplate());

    public void Dispose() => Directory.Delete(Parent, recursive: true);
}
