using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Snapshots;

/// <summary>What a trainer puts into a snapshot. Rows of one sort stand in the same order in each of their arrays.</summary>
public sealed class SnapshotContents
{
    /// <summary>Columns of every factor matrix, d.</summary>
    public required int Dimension { get; init; }

    /// <summary>[tracks], each id once.</summary>
    public required IReadOnlyList<TrackId> TrackIds { get; init; }

    /// <summary>Y, row-major, [tracks × d].</summary>
    public required float[] TrackFactors { get; init; }

    /// <summary>[tracks], the share of listeners that a fact of theirs speaks for the track, 0 to 1.</summary>
    public required float[] TrackPopularity { get; init; }

    /// <summary>[tracks], what the confidence of a fact about this track is multiplied by, above 0; 1 leaves it as it is.</summary>
    public required float[] TrackWeights { get; init; }

    /// <summary>[playlists], each id once.</summary>
    public required IReadOnlyList<PlaylistId> PlaylistIds { get; init; }

    /// <summary>Row-major, [playlists × d].</summary>
    public required float[] PlaylistFactors { get; init; }

    /// <summary>[playlists + 1], where each playlist's entries begin; from 0, ascending.</summary>
    public required long[] PlaylistOffsets { get; init; }

    /// <summary>[entries], track rows, ascending within a playlist.</summary>
    public required int[] PlaylistTracks { get; init; }

    /// <summary>[entries], how often the track stands in the playlist, 1 or more.</summary>
    public required int[] PlaylistTimes { get; init; }

    /// <summary>[users], each id once.</summary>
    public required IReadOnlyList<UserId> UserIds { get; init; }

    /// <summary>Row-major, [users × d].</summary>
    public required float[] UserVectors { get; init; }

    /// <summary>The cells of these listeners and of those to come; null for one that holds everybody.</summary>
    public CellMap? Cells { get; init; }

    /// <summary>What a fact about one track says of others, beside the factors; null for none.</summary>
    public TrackLinkTable? Links { get; init; }

    /// <summary>
    /// Row-major, [playlists × (d + 1)]: for each playlist what a listener's unit vector is multiplied by, and a bias; null for none.
    /// </summary>
    public float[]? PlaylistRanker { get; init; }

    /// <summary>[cells + 1], where each cell's users begin once they are grouped; the writer fills it in.</summary>
    internal long[]? UserCellOffsets { get; init; }

    /// <summary>Checks the shapes and the numbers, so that no writer makes what no reader takes.</summary>
    /// <exception cref="ArgumentException">The first contradiction found.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dimension, SnapshotFormat.MaxDimension);
        CheckIds(TrackIds.Select(id => id.Value), nameof(TrackIds));
        CheckIds(PlaylistIds.Select(id => id.Value), nameof(PlaylistIds));
        CheckIds(UserIds.Select(id => id.Value), nameof(UserIds));
        CheckNumbers(TrackFactors, (long)TrackIds.Count * Dimension, nameof(TrackFactors));
        CheckNumbers(TrackPopularity, TrackIds.Count, nameof(TrackPopularity));
        CheckNumbers(TrackWeights, TrackIds.Count, nameof(TrackWeights));
        CheckNumbers(PlaylistFactors, (long)PlaylistIds.Count * Dimension, nameof(PlaylistFactors));
        CheckNumbers(UserVectors, (long)UserIds.Count * Dimension, nameof(UserVectors));
        if (Cells is not null && (Cells.Dimension != Dimension || !SnapshotChecks.IsFinite(Cells.Centroids.Span)))
        {
            throw new ArgumentException($"Cells: expected finite centroids of {Dimension}, got others, of {Cells.Dimension}.");
        }

        if (PlaylistRanker is not null)
        {
            CheckNumbers(PlaylistRanker, PlaylistIds.Count * (Dimension + 1L), nameof(PlaylistRanker));
        }

        if (Links is not null && (Links.Parameters.FindError() ?? Links.View.FindError(TrackIds.Count)
            ?? (Links.Parameters.Entries == Links.Targets.Length ? null : $"expected {Links.Parameters.Entries}, got {Links.Targets.Length}")) is { } linkError)
        {
            throw new ArgumentException($"Links: {linkError}.");
        }

        if (PlaylistTracks.Length != PlaylistTimes.Length)
        {
            throw new ArgumentException($"PlaylistTimes: expected {PlaylistTracks.Length} values, got {PlaylistTimes.Length}.");
        }

        var error = SnapshotChecks.FindOffsetError(PlaylistOffsets, PlaylistIds.Count, PlaylistTracks.Length)
            ?? SnapshotChecks.FindEntryError(PlaylistTracks, PlaylistTimes, TrackIds.Count)
            ?? SnapshotChecks.FindWeightError(TrackWeights);
        if (error is not null)
        {
            throw new ArgumentException(error);
        }
    }

    private static void CheckIds(IEnumerable<string> ids, string name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in ids)
        {
            if (EventRules.FindIdError(id, name) is { } error)
            {
                throw new ArgumentException(error);
            }

            if (!seen.Add(id))
            {
                throw new ArgumentException($"{name}: expected each id once, got '{id}' again.");
            }
        }
    }

    private static void CheckNumbers(float[] values, long expected, string name)
    {
        if (values.Length != expected)
        {
            throw new ArgumentException($"{name}: expected {expected} values, got {values.Length}.");
        }

        if (!SnapshotChecks.IsFinite(values))
        {
            throw new ArgumentException($"{name}: expected finite numbers only, got NaN or infinity.");
        }
    }
}
