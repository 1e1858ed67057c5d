using System.Text.Json.Serialization;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Snapshots;

/// <summary>The first file to read of a snapshot: what it is, and how to tell that its other files are whole.</summary>
/// <param name="FormatVersion">The layout of the files; a reader refuses what is newer than its own.</param>
/// <param name="Version">The model version.</param>
/// <param name="Parent">The version this one was trained after; 0 for none.</param>
/// <param name="CreatedAt">When training ended.</param>
/// <param name="Watermark">Events up to this log offset took part.</param>
/// <param name="TransformFingerprint">Hash of the taste transform; a server with another one refuses the snapshot.</param>
/// <param name="Dimension">Columns of every factor matrix, d.</param>
/// <param name="TrackCount">Rows of the track factors.</param>
/// <param name="PlaylistCount">Rows of the playlist factors.</param>
/// <param name="UserCount">Rows of the user vectors.</param>
/// <param name="UnobservedWeight">α₀ of the model.</param>
/// <param name="Regularization">λ of the model.</param>
/// <param name="RegularizationExponent">ν of the model, 0 to 1.</param>
/// <param name="Metrics">Named results of training and evaluation.</param>
/// <param name="Files">Every other file with its length and SHA-256.</param>
public sealed record SnapshotManifest(
    int FormatVersion,
    int Version,
    int Parent,
    DateTimeOffset CreatedAt,
    long Watermark,
    string TransformFingerprint,
    int Dimension,
    int TrackCount,
    int PlaylistCount,
    int UserCount,
    double UnobservedWeight,
    double Regularization,
    double RegularizationExponent,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyList<SnapshotFile> Files)
{
    /// <summary>What was found in the data that it was trained on; null when nobody looked. Since version 3.</summary>
    public DataReport? Validation { get; init; }

    /// <summary>How the links beside the factors are used; null for a model of factors alone. Since version 4.</summary>
    public LinkParameters? Links { get; init; }

    /// <summary>Whether a playlist ranker is among the files.</summary>
    [JsonIgnore]
    public bool HasPlaylistRanker => Files.Any(file => file.Name == SnapshotFormat.PlaylistRanker);

    /// <summary>How playlists are ranked; null for a model that says nothing of it. Since version 4.</summary>
    public PlaylistRanking? Ranking { get; init; }
}

/// <summary>One file of a snapshot.</summary>
/// <param name="Name">Its name in the snapshot's folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its hash, lower-case hexadecimal.</param>
public sealed record SnapshotFile(string Name, long Bytes, string Sha256);
