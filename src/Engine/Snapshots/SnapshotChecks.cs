using System.Numerics.Tensors;

namespace Buddies.Engine.Snapshots;

/// <summary>What must hold of a snapshot's arrays, asked before writing and after reading alike.</summary>
internal static class SnapshotChecks
{
    /// <summary>Whether no value is NaN or infinite.</summary>
    /// <remarks>TensorPrimitives.IsFiniteAll says false of no values at all.</remarks>
    public static bool IsFinite(ReadOnlySpan<float> values) => values.IsEmpty || TensorPrimitives.IsFiniteAll(values);

    /// <summary>Finds what is wrong with offsets of rows into a run of values.</summary>
    /// <returns>Null when they begin at 0, never fall and end at <paramref name="length"/>; else one sentence.</returns>
    public static string? FindOffsetError(ReadOnlySpan<long> offsets, int rowCount, long length)
    {
        if (offsets.Length != rowCount + 1L)
        {
            return $"expected {rowCount + 1L} offsets, found {offsets.Length}";
        }

        if (offsets[0] != 0 || offsets[^1] != length)
        {
            return $"expected offsets from 0 to {length}, found {offsets[0]} to {offsets[^1]}";
        }

        for (var row = 0; row < rowCount; row++)
        {
            if (offsets[row + 1] < offsets[row])
            {
                return $"expected ascending offsets, found {offsets[row]} and then {offsets[row + 1]} at row {row}";
            }
        }

        return null;
    }

    /// <summary>Finds a playlist entry that cannot be.</summary>
    /// <returns>Null when all are in range; else one sentence.</returns>
    public static string? FindEntryError(ReadOnlySpan<int> tracks, ReadOnlySpan<int> times, int trackCount, Action? pause = null)
    {
        for (var i = 0; i < tracks.Length; i++)
        {
            if ((uint)tracks[i] >= (uint)trackCount || times[i] < 1)
            {
                return $"expected track rows below {trackCount}, each 1 or more times; found row {tracks[i]}, {times[i]} times, at entry {i}";
            }

            if (i % 65_536 == 0)
            {
                pause?.Invoke();
            }
        }

        return null;
    }

    /// <summary>Finds a confidence multiplier that is not above 0.</summary>
    /// <returns>Null when all are; else one sentence.</returns>
    public static string? FindWeightError(ReadOnlySpan<float> weights)
    {
        for (var row = 0; row < weights.Length; row++)
        {
            if (!(weights[row] > 0))
            {
                return $"expected track weights above 0, found {weights[row]} at row {row}";
            }
        }

        return null;
    }
}
