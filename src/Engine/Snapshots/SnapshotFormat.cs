namespace Buddies.Engine.Snapshots;

/// <summary>The names and the layout of a snapshot's files; all numbers are little-endian.</summary>
internal static class SnapshotFormat
{
    /// <summary>Grows with every change of the files; a reader refuses what is newer.</summary>
    public const int Version = 4;

    /// <summary>The oldest layout that is still read; it has no <see cref="Cells"/>.</summary>
    public const int OldestVersion = 1;

    /// <summary>The widest factor matrix that a reader believes.</summary>
    public const int MaxDimension = 4096;

    /// <summary>The largest manifest that a reader believes, in bytes.</summary>
    public const int MaxManifestBytes = 1 << 20;

    public const string Manifest = "manifest.json";

    /// <summary>SHA-256 of the manifest's bytes, 64 lower-case hexadecimal digits: the manifest cannot hold its own.</summary>
    public const string ManifestHash = "manifest.sha256";

    /// <summary>int64 [tracks + 1] offsets into the text that follows, then UTF-8 without separators.</summary>
    public const string TrackIds = "track-ids.bin";

    /// <summary>float [tracks × d].</summary>
    public const string TrackFactors = "track-factors.f32";

    /// <summary>float [tracks].</summary>
    public const string TrackPopularity = "track-popularity.f32";

    /// <summary>float [tracks].</summary>
    public const string TrackWeights = "track-weights.f32";

    /// <summary>As <see cref="TrackIds"/>.</summary>
    public const string PlaylistIds = "playlist-ids.bin";

    /// <summary>float [playlists × d].</summary>
    public const string PlaylistFactors = "playlist-factors.f32";

    /// <summary>int64 [playlists + 1] offsets, int32 [entries] track rows, int32 [entries] times.</summary>
    public const string PlaylistTracks = "playlist-tracks.bin";

    /// <summary>As <see cref="TrackIds"/>.</summary>
    public const string UserIds = "user-ids.bin";

    /// <summary>float [users × d].</summary>
    public const string UserVectors = "user-vectors.f32";

    /// <summary>
    /// int32 cells, int32 entries; int64 [cells + 1] offsets into the entries; float [cells × d] centroids; int32 [entries]
    /// probed cells. Since version 2.
    /// </summary>
    public const string Cells = "cells.bin";

    /// <summary>int64 [cells + 1] offsets of the users' rows, grouped by cell. Since version 3.</summary>
    public const string UserCells = "user-cells.bin";

    /// <summary>int64 [tracks + 1] offsets, int32 [links] track rows, float [links] weights. Since version 4; may be absent.</summary>
    public const string TrackLinks = "track-links.bin";

    /// <summary>float [playlists × (d + 1)]: what a listener's unit vector is multiplied by, and a bias. Since version 4; may be absent.</summary>
    public const string PlaylistRanker = "playlist-ranker.f32";

    /// <summary>Every file that a manifest may list, in its order.</summary>
    public static readonly string[] DataFiles =
    [
        TrackIds, TrackFactors, TrackPopularity, TrackWeights,
        PlaylistIds, PlaylistFactors, PlaylistTracks,
        UserIds, UserVectors, Cells, UserCells,
        TrackLinks, PlaylistRanker,
    ];

    /// <summary>The files that a manifest has to list: an older layout lacks those that came later, and two are there only where they were asked for.</summary>
    public static string[] DataFilesOf(int formatVersion, bool hasLinks, bool hasPlaylistRanker) =>
        [.. DataFiles.Where(name => name switch
        {
            Cells => formatVersion >= 2,
            UserCells => formatVersion >= 3,
            TrackLinks => formatVersion >= 4 && hasLinks,
            PlaylistRanker => formatVersion >= 4 && hasPlaylistRanker,
            _ => true,
        })];
}
