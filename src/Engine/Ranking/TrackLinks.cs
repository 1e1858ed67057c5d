namespace Buddies.Engine.Ranking;

/// <summary>
/// What a fact about one track says of others: a sparse matrix between tracks, L, row by row. Neighbours, regressions and
/// graph filters that are linear in the facts are all of this shape, and so is any weighted sum of them.
/// </summary>
/// <remarks>A view of memory that belongs to a snapshot or a table, and is good as long as that is.</remarks>
public readonly ref struct TrackLinks
{
    /// <summary>Looks at finished arrays, which are not checked here: <see cref="FindError"/> does.</summary>
    /// <param name="offsets">[tracks + 1], where the links of each track begin; from 0, ascending.</param>
    /// <param name="targets">[links], track rows, ascending for each track.</param>
    /// <param name="weights">[links], of either sign, finite.</param>
    /// <param name="parameters">How they are used.</param>
    public TrackLinks(ReadOnlySpan<long> offsets, ReadOnlySpan<int> targets, ReadOnlySpan<float> weights, LinkParameters parameters)
    {
        Offsets = offsets;
        Targets = targets;
        Weights = weights;
        Parameters = parameters;
    }

    /// <summary>[tracks + 1]; empty where there are no links.</summary>
    public ReadOnlySpan<long> Offsets { get; }

    /// <summary>[links].</summary>
    public ReadOnlySpan<int> Targets { get; }

    /// <summary>[links].</summary>
    public ReadOnlySpan<float> Weights { get; }

    /// <summary>How they are used; null where there are none.</summary>
    public LinkParameters? Parameters { get; }

    /// <summary>Whether the model has no links: then its score is ⟨u, y⟩ alone.</summary>
    public bool IsNone => Parameters is null;

    /// <summary>Tracks.</summary>
    public int TrackCount => Math.Max(0, Offsets.Length - 1);

    /// <summary>The links of a track.</summary>
    /// <param name="track">Its row.</param>
    /// <param name="targets">Track rows, ascending.</param>
    /// <param name="weights">L of each.</param>
    public void Of(int track, out ReadOnlySpan<int> targets, out ReadOnlySpan<float> weights)
    {
        var (from, count) = ((int)Offsets[track], (int)(Offsets[track + 1] - Offsets[track]));
        targets = Targets.Slice(from, count);
        weights = Weights.Slice(from, count);
    }

    /// <summary>Finds what is wrong with the arrays.</summary>
    /// <param name="trackCount">Tracks that there are.</param>
    /// <param name="pause">Called between pieces of work of well under a millisecond, and may rest; null for nobody.</param>
    /// <returns>Null when all is as the constructor wants it; else one sentence.</returns>
    internal string? FindError(int trackCount, Action? pause = null)
    {
        if (Targets.Length != Weights.Length)
        {
            return $"expected as many weights as targets, found {Weights.Length} and {Targets.Length}";
        }

        if (Snapshots.SnapshotChecks.FindOffsetError(Offsets, trackCount, Targets.Length) is { } error)
        {
            return error;
        }

        for (var track = 0; track < trackCount; track++)
        {
            if (track % 256 == 0)
            {
                pause?.Invoke();
            }

            var before = -1;
            foreach (var target in Targets[(int)Offsets[track]..(int)Offsets[track + 1]])
            {
                if (target <= before || target >= trackCount)
                {
                    return $"expected ascending track rows below {trackCount}, found {target} after {before} among the links of {track}";
                }

                before = target;
            }
        }

        return Snapshots.SnapshotChecks.IsFinite(Weights) ? null : "expected finite numbers only, found NaN or infinity";
    }
}

/// <summary>Links in arrays of their own.</summary>
/// <param name="Offsets">[tracks + 1].</param>
/// <param name="Targets">[links].</param>
/// <param name="Weights">[links].</param>
/// <param name="Parameters">How they are used.</param>
public sealed record TrackLinkTable(long[] Offsets, int[] Targets, float[] Weights, LinkParameters Parameters)
{
    /// <summary>A view of them.</summary>
    public TrackLinks View => new(Offsets, Targets, Weights, Parameters);
}
