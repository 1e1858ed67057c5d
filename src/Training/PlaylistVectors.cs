using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Training;

/// <summary>The contents of every playlist by track row, and its vector under a model.</summary>
internal static class PlaylistVectors
{
    private const int Block = 64;

    /// <summary>Each playlist's entries one after the other.</summary>
    public static (long[] Offsets, int[] Rows, int[] Times) Flatten(TrainingSet set)
    {
        var offsets = new long[set.Playlists.Length + 1];
        for (var i = 0; i < set.Playlists.Length; i++)
        {
            offsets[i + 1] = offsets[i] + set.Playlists[i].Ascending.Length;
        }

        var rows = new int[checked((int)offsets[^1])];
        var times = new int[rows.Length];
        for (var i = 0; i < set.Playlists.Length; i++)
        {
            // Rows are in catalogue order, so what ascends by position ascends by row.
            var playlist = set.Playlists[i];
            for (var j = 0; j < playlist.Ascending.Length; j++)
            {
                rows[offsets[i] + j] = set.RowOfTrack[playlist.Ascending[j]];
            }

            playlist.Times.CopyTo(times, offsets[i]);
        }

        return (offsets, rows, times);
    }

    /// <summary>The fold-in of each playlist, row-major, [playlists × d].</summary>
    public static float[] Solve(
        (long[] Offsets, int[] Rows, int[] Times) contents, TrainedFactors factors, TrainOptions options, CancellationToken cancellationToken)
    {
        var d = options.Als.Dimension;
        var (offsets, rows, times) = contents;
        var count = offsets.Length - 1;
        var vectors = new float[checked(count * d)];
        var gram = new double[SymmetricKernels.LengthOf(d)];
        FoldIn.ComputeScaledGram(factors.Als.TrackFactors, d, options.Als.UnobservedWeight, gram);
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Als.Threads == 0 ? Environment.ProcessorCount : options.Als.Threads,
            CancellationToken = cancellationToken,
        };
        Parallel.For(
            0,
            (count + Block - 1) / Block,
            parallel,
            () => new FoldInSystem(d),
            (block, _, system) =>
            {
                for (var i = block * Block; i < Math.Min(count, (block + 1) * Block); i++)
                {
                    var range = (int)offsets[i]..(int)offsets[i + 1];
                    PlaylistFold.Solve(
                        system, gram, factors.Als.TrackFactors, factors.TrackWeights, rows.AsSpan(range), times.AsSpan(range),
                        options.Als.FoldIn, options.Transform, vectors.AsSpan(i * d, d));
                }

                return system;
            },
            _ => { });
        return vectors;
    }
}
