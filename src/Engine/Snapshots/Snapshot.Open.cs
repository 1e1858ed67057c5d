namespace Buddies.Engine.Snapshots;

public sealed partial class Snapshot
{
    /// <summary>Maps a snapshot and verifies every byte of it.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <param name="expectedManifestSha256">The manifest's hash as the registry has it; null takes the one beside the manifest alone.</param>
    /// <param name="pause">Called between pieces of work of well under a millisecond, and may rest; null for nobody.</param>
    /// <returns>The snapshot; its owner disposes it.</returns>
    /// <exception cref="SnapshotException">A file is missing, damaged, of another format, or contradicts another.</exception>
    /// <remarks>Reads every file once to hash it: about a second a gigabyte.</remarks>
    public static Snapshot Open(string folder, string? expectedManifestSha256 = null, Action? pause = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Snapshots are read on little-endian machines only.");
        }

        // Taken before the first byte is read: from here on nobody removes the files, whatever process they are read in.
        var hold = SnapshotHold.ToRead(folder);
        SnapshotFiles? files = null;
        try
        {
            var (manifest, hash) = SnapshotManifestReader.Read(folder, expectedManifestSha256);
            files = SnapshotFiles.Open(folder, manifest, pause);
            return new Snapshot(folder, manifest, hash, files, hold, pause);
        }
        catch
        {
            files?.Dispose();
            hold.Dispose();
            throw;
        }
    }

    private void Check(Action? pause)
    {
        CheckLength(SnapshotFormat.TrackFactors, (long)TrackCount * Dimension * sizeof(float));
        CheckLength(SnapshotFormat.TrackPopularity, (long)TrackCount * sizeof(float));
        CheckLength(SnapshotFormat.TrackWeights, (long)TrackCount * sizeof(float));
        CheckLength(SnapshotFormat.PlaylistFactors, (long)PlaylistCount * Dimension * sizeof(float));
        CheckLength(SnapshotFormat.UserVectors, (long)UserCount * Dimension * sizeof(float));
        CheckFinite(SnapshotFormat.TrackFactors, TrackFactors, pause);
        CheckFinite(SnapshotFormat.TrackPopularity, TrackPopularity, pause);
        CheckFinite(SnapshotFormat.TrackWeights, TrackWeights, pause);
        CheckFinite(SnapshotFormat.PlaylistFactors, PlaylistFactors, pause);
        CheckFinite(SnapshotFormat.UserVectors, UserVectors, pause);
        Refuse(SnapshotFormat.TrackWeights, SnapshotChecks.FindWeightError(TrackWeights));
        CheckIds(SnapshotFormat.TrackIds, _trackIds, pause);
        CheckIds(SnapshotFormat.PlaylistIds, _playlistIds, pause);
        CheckIds(SnapshotFormat.UserIds, _userIds, pause);
        CheckPlaylistTracks(pause);
        _files[SnapshotFormat.PlaylistTracks].LetGo();
        if (_files.Find(SnapshotFormat.Cells) is { } cells)
        {
            Refuse(SnapshotFormat.Cells, SnapshotCells.FindError(cells, Dimension, pause));
        }

        if (_files.Find(SnapshotFormat.UserCells) is { } userCells)
        {
            var cellCount = SnapshotCells.CountOf(_files[SnapshotFormat.Cells]);
            Refuse(SnapshotFormat.UserCells, SnapshotGrouping.FindError(userCells, cellCount, UserVectors, Dimension));
        }

        CheckLinks(pause);
        if (_files.Find(SnapshotFormat.PlaylistRanker) is not null)
        {
            CheckLength(SnapshotFormat.PlaylistRanker, PlaylistCount * (Dimension + 1L) * sizeof(float));
            CheckFinite(SnapshotFormat.PlaylistRanker, PlaylistRanker, pause);
        }

        // Every byte was looked at, and a gate needs none of them any more: only what is read from here on is in memory.
        _files.LetGo();
    }

    private void CheckIds(string name, MappedIds ids, Action? pause)
    {
        Refuse(name, ids.FindError(pause));
        _files[name].LetGo();
    }

    private void CheckPlaylistTracks(Action? pause)
    {
        const string Name = SnapshotFormat.PlaylistTracks;
        var file = _files[Name];
        var offsetBytes = (PlaylistCount + 1L) * sizeof(long);
        var entries = (file.Bytes - offsetBytes) / (2 * sizeof(int));
        CheckLength(Name, offsetBytes + (Math.Max(entries, 0) * 2 * sizeof(int)));
        Refuse(Name, SnapshotChecks.FindOffsetError(file.Values<long>(0, PlaylistCount + 1L), PlaylistCount, entries));
        Refuse(Name, SnapshotChecks.FindEntryError(
            file.Values<int>(offsetBytes, entries), file.Values<int>(offsetBytes + (entries * sizeof(int)), entries), TrackCount, pause));
    }

    private void CheckLinks(Action? pause)
    {
        if (Manifest.Links is { } links)
        {
            CheckLength(SnapshotFormat.TrackLinks, ((TrackCount + 1L) * sizeof(long)) + (links.Entries * (sizeof(int) + sizeof(float))));
            Refuse(SnapshotFormat.TrackLinks, Links.FindError(TrackCount, pause));
        }
    }

    private void CheckLength(string name, long expectedBytes)
    {
        if (_files[name].Bytes != expectedBytes)
        {
            Refuse(name, $"expected {expectedBytes} bytes for the shapes in the manifest, found {_files[name].Bytes}");
        }
    }

    private void CheckFinite(string name, ReadOnlySpan<float> values, Action? pause)
    {
        const int Part = MappedFile.ChunkBytes / sizeof(float);
        for (var from = 0; from < values.Length; from += Part)
        {
            if (!SnapshotChecks.IsFinite(values.Slice(from, Math.Min(Part, values.Length - from))))
            {
                Refuse(name, "expected finite numbers only, found NaN or infinity");
            }

            _files[name].LetGo((long)from * sizeof(float), MappedFile.ChunkBytes);
            pause?.Invoke();
        }
    }

    private void Refuse(string name, string? error)
    {
        if (error is not null)
        {
            throw new SnapshotException($"{Path.Combine(Folder, name)}: {error}.");
        }
    }
}
