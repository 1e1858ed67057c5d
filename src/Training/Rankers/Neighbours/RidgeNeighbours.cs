using Buddies.Engine.Vectors;

namespace Buddies.Training.Rankers.Neighbours;

/// <summary>The constants of <see cref="RidgeNeighbours"/>.</summary>
/// <param name="Support">How many neighbours a track is explained by.</param>
/// <param name="Ridge">What goes onto the diagonal, in units of the mean diagonal.</param>
/// <param name="OwnShare">What goes onto the diagonal besides, as a share of the track's own entry.</param>
/// <param name="SupportExponent">Neighbours are those with the largest C_ij·d_i^−this.</param>
public sealed record RidgeOptions(int Support = 128, double Ridge = 1, double OwnShare = 0.1, double SupportExponent = 0.5);

/// <summary>
/// Each track as the least-squares combination of its nearest tracks: the ridge regression of EASE (Steck 2019) with the
/// support of each column fixed beforehand (fsSLIM, Ning and Karypis 2011), so that it costs one small Cholesky solve a
/// track instead of the inverse of a matrix of the whole catalogue.
/// </summary>
public static class RidgeNeighbours
{
    /// <summary>Solves.</summary>
    /// <param name="counts">The Gram matrix of the tracks, listeners weighted or not.</param>
    /// <param name="degrees">Listeners of each track.</param>
    /// <param name="options">The constants.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <returns>The combination, with scales of 1.</returns>
    public static ItemNeighbours Solve(Cooccurrence counts, float[] degrees, RidgeOptions options, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(degrees);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(run);
        var trackCount = counts.TrackCount;
        var rarity = Degrees.Power(degrees, -options.SupportExponent);
        var ridge = options.Ridge * counts.Diagonal.Average();
        var (supports, weights) = (new int[trackCount][], new float[trackCount][]);
        Parallel.For(
            0,
            trackCount,
            run.Parallel,
            () => new Scratch(options.Support),
            (target, _, scratch) =>
            {
                scratch.Solve(counts, rarity, target, ridge, options.OwnShare, out supports[target], out weights[target]);
                return scratch;
            },
            _ => { });
        return ByExplaining(supports, weights);
    }

    /// <summary>From "what explains j" to "what i helps to explain": the order that scoring walks in.</summary>
    private static ItemNeighbours ByExplaining(int[][] supports, float[][] weights)
    {
        var counts = new int[supports.Length];
        foreach (var source in supports.SelectMany(support => support))
        {
            counts[source]++;
        }

        var columns = Array.ConvertAll(counts, count => new int[count]);
        var values = Array.ConvertAll(counts, count => new float[count]);
        for (var target = 0; target < supports.Length; target++)
        {
            for (var i = 0; i < supports[target].Length; i++)
            {
                var source = supports[target][i];
                var at = --counts[source];
                (columns[source][at], values[source][at]) = (target, weights[target][i]);
            }
        }

        var ones = new float[supports.Length];
        Array.Fill(ones, 1f);
        return new ItemNeighbours(columns, values, ones, ones);
    }

    private sealed class Scratch(int most)
    {
        private readonly double[] _matrix = new double[SymmetricKernels.LengthOf(most)];
        private readonly double[] _target = new double[SymmetricKernels.StrideOf(most)];
        private readonly double[] _solution = new double[SymmetricKernels.StrideOf(most)];
        private readonly int[] _places = new int[most];
        private readonly float[] _keys = new float[most];

        public void Solve(Cooccurrence counts, float[] rarity, int target, double ridge, double ownShare, out int[] support, out float[] weights)
        {
            var (columns, values) = (counts.Columns[target], counts.Values[target]);
            var top = new TopK(_places, _keys);
            for (var i = 0; i < columns.Length; i++)
            {
                top.Offer(i, values[i] * rarity[columns[i]]);
            }

            var count = top.Sort();
            support = Array.ConvertAll(_places[..count], place => columns[place]);
            weights = new float[count];
            if (count == 0)
            {
                return;
            }

            var stride = SymmetricKernels.StrideOf(count);
            Array.Clear(_target);
            for (var i = 0; i < count; i++)
            {
                _target[i] = values[_places[i]];
            }

            Fill(counts, support, stride, ridge, ownShare);
            if (SymmetricKernels.TryFactor(_matrix.AsSpan(0, count * stride), count))
            {
                SymmetricKernels.Solve(_matrix.AsSpan(0, count * stride), _target, _solution, count);
                for (var i = 0; i < count; i++)
                {
                    weights[i] = (float)_solution[i];
                }
            }
        }

        /// <summary>Row i from column i on is what the kernels read. A pair that a full row has dropped counts as 0.</summary>
        private void Fill(Cooccurrence counts, int[] support, int stride, double ridge, double ownShare)
        {
            Array.Clear(_matrix, 0, support.Length * stride);
            for (var i = 0; i < support.Length; i++)
            {
                for (var j = i + 1; j < support.Length; j++)
                {
                    _matrix[(i * stride) + j] = counts.Between(support[i], support[j]);
                }

                _matrix[(i * stride) + i] = (counts.Diagonal[support[i]] * (1 + ownShare)) + ridge;
            }
        }
    }
}
