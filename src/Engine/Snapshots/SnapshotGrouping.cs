using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Snapshots;

/// <summary>Puts the users of one cell next to each other: who reads a cell reads one run of memory.</summary>
internal static class SnapshotGrouping
{
    /// <summary>Groups users by the cell whose centroid is nearest; those of length 0 are in no cell and come last.</summary>
    /// <param name="contents">Contents that have been checked.</param>
    /// <returns>The same contents with users in that order, each group in the order they had, and the groups' offsets.</returns>
    public static SnapshotContents ByCell(SnapshotContents contents)
    {
        var (map, d, count) = (contents.Cells ?? CellMap.OneCell(contents.Dimension), contents.Dimension, contents.UserIds.Count);
        var cellOf = new int[count];
        Parallel.For(0, count, () => new float[d], (user, _, unit) =>
        {
            contents.UserVectors.AsSpan(user * d, d).CopyTo(unit);
            cellOf[user] = VectorKernels.Normalize(unit) > 0 ? map.FindNearest(unit) : map.CellCount;
            return unit;
        }, _ => { });
        var offsets = new long[map.CellCount + 2];
        foreach (var cell in cellOf)
        {
            offsets[cell + 1]++;
        }

        for (var cell = 0; cell <= map.CellCount; cell++)
        {
            offsets[cell + 1] += offsets[cell];
        }

        var (ids, vectors, next) = (new UserId[count], new float[contents.UserVectors.Length], offsets[..^1].ToArray());
        for (var user = 0; user < count; user++)
        {
            var row = (int)next[cellOf[user]]++;
            ids[row] = contents.UserIds[user];

            // A vector so short that its length is 0 in single precision has no direction: it is written as none.
            if (cellOf[user] < map.CellCount)
            {
                contents.UserVectors.AsSpan(user * d, d).CopyTo(vectors.AsSpan(row * d));
            }
        }

        return new SnapshotContents
        {
            Dimension = d,
            TrackIds = contents.TrackIds,
            TrackFactors = contents.TrackFactors,
            TrackPopularity = contents.TrackPopularity,
            TrackWeights = contents.TrackWeights,
            PlaylistIds = contents.PlaylistIds,
            PlaylistFactors = contents.PlaylistFactors,
            PlaylistOffsets = contents.PlaylistOffsets,
            PlaylistTracks = contents.PlaylistTracks,
            PlaylistTimes = contents.PlaylistTimes,
            UserIds = ids,
            UserVectors = vectors,
            Cells = contents.Cells,
            UserCellOffsets = offsets[..^1],
            Links = contents.Links,
            PlaylistRanker = contents.PlaylistRanker,
        };
    }

    /// <summary>Finds what is wrong with the groups.</summary>
    /// <returns>Null when they follow each other and only users of length 0 come after them; else one sentence.</returns>
    public static string? FindError(MappedFile file, int cellCount, ReadOnlySpan<float> vectors, int dimension)
    {
        var expected = (cellCount + 1L) * sizeof(long);
        if (file.Bytes != expected)
        {
            return $"expected {expected} bytes for {cellCount} cells, found {file.Bytes}";
        }

        var offsets = file.Values<long>(0, cellCount + 1L);
        var users = dimension == 0 ? 0 : vectors.Length / dimension;
        if (offsets[^1] < 0 || offsets[^1] > users)
        {
            return $"expected offsets of at most {users} users, found {offsets[^1]}";
        }

        return SnapshotChecks.FindOffsetError(offsets, cellCount, offsets[^1])
            ?? (vectors[((int)offsets[^1] * dimension)..].ContainsAnyExcept(0f)
                ? "expected only users without a vector after the last cell, found another" : null);
    }
}
