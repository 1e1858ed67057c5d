using System.Text;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Snapshots;

/// <summary>Writes the data files of a snapshot in the layout of <see cref="SnapshotFormat"/>.</summary>
internal static class SnapshotFileWriter
{
    // Strict: half a surrogate pair would otherwise become U+FFFD, and two ids one.
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static List<SnapshotFile> WriteData(string folder, SnapshotContents contents)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Snapshots are written on little-endian machines only.");
        }

        List<SnapshotFile> files =
        [
            WriteIds(folder, SnapshotFormat.TrackIds, [.. contents.TrackIds.Select(id => id.Value)]),
            WriteValues<float>(folder, SnapshotFormat.TrackFactors, contents.TrackFactors),
            WriteValues<float>(folder, SnapshotFormat.TrackPopularity, contents.TrackPopularity),
            WriteValues<float>(folder, SnapshotFormat.TrackWeights, contents.TrackWeights),
            WriteIds(folder, SnapshotFormat.PlaylistIds, [.. contents.PlaylistIds.Select(id => id.Value)]),
            WriteValues<float>(folder, SnapshotFormat.PlaylistFactors, contents.PlaylistFactors),
            WritePlaylistTracks(folder, contents),
            WriteIds(folder, SnapshotFormat.UserIds, [.. contents.UserIds.Select(id => id.Value)]),
            WriteValues<float>(folder, SnapshotFormat.UserVectors, contents.UserVectors),
            WriteCells(folder, contents.Cells ?? CellMap.OneCell(contents.Dimension)),
            WriteValues<long>(folder, SnapshotFormat.UserCells, contents.UserCellOffsets),
        ];
        if (contents.Links is { } links)
        {
            files.Add(WriteLinks(folder, links));
        }

        if (contents.PlaylistRanker is { } ranker)
        {
            files.Add(WriteValues<float>(folder, SnapshotFormat.PlaylistRanker, ranker));
        }

        return files;
    }

    private static SnapshotFile WriteValues<T>(string folder, string name, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        using var file = new HashedFile(folder, name);
        file.Write(values);
        return file.Finish();
    }

    private static SnapshotFile WriteIds(string folder, string name, string[] ids)
    {
        var offsets = new long[ids.Length + 1];
        for (var i = 0; i < ids.Length; i++)
        {
            offsets[i + 1] = offsets[i] + s_utf8.GetByteCount(ids[i]);
        }

        using var file = new HashedFile(folder, name);
        file.Write<long>(offsets);
        foreach (var id in ids)
        {
            file.Write<byte>(s_utf8.GetBytes(id));
        }

        return file.Finish();
    }

    private static SnapshotFile WritePlaylistTracks(string folder, SnapshotContents contents)
    {
        using var file = new HashedFile(folder, SnapshotFormat.PlaylistTracks);
        file.Write<long>(contents.PlaylistOffsets);
        file.Write<int>(contents.PlaylistTracks);
        file.Write<int>(contents.PlaylistTimes);
        return file.Finish();
    }

    private static SnapshotFile WriteLinks(string folder, TrackLinkTable links)
    {
        using var file = new HashedFile(folder, SnapshotFormat.TrackLinks);
        file.Write<long>(links.Offsets);
        file.Write<int>(links.Targets);
        file.Write<float>(links.Weights);
        return file.Finish();
    }

    private static SnapshotFile WriteCells(string folder, CellMap map)
    {
        var offsets = new long[map.CellCount + 1];
        for (var cell = 0; cell < map.CellCount; cell++)
        {
            offsets[cell + 1] = offsets[cell] + map.Probes(cell).Length;
        }

        using var file = new HashedFile(folder, SnapshotFormat.Cells);
        file.Write<int>([map.CellCount, checked((int)offsets[^1])]);
        file.Write<long>(offsets);
        file.Write(map.Centroids.Span);
        for (var cell = 0; cell < map.CellCount; cell++)
        {
            file.Write(map.Probes(cell));
        }

        return file.Finish();
    }
}
