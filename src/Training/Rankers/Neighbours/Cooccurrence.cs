using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Neighbours;

/// <summary>
/// How often two tracks stand with the same listener, each listener weighing less the more facts there are:
/// C_ij = Σ_u d_u^−γ·x_ui·x_uj. Every neighbourhood model is a scaling of this one matrix (Fu et al. 2022, "Revisiting
/// Neighborhood-based Link Prediction"), so it is counted once and scaled often.
/// </summary>
public sealed class Cooccurrence
{
    /// <summary>Entries of the whole matrix that a row's room is cut from: 1.6 GB.</summary>
    private const long MostEntries = 200_000_000;

    private Cooccurrence(int[][] columns, float[][] values, float[] diagonal)
    {
        Columns = columns;
        Values = values;
        Diagonal = diagonal;
    }

    /// <summary>For each track the tracks beside it, without itself, ascending.</summary>
    public int[][] Columns { get; }

    /// <summary>C of each of <see cref="Columns"/>, above 0.</summary>
    public float[][] Values { get; }

    /// <summary>C_ii.</summary>
    public float[] Diagonal { get; }

    /// <summary>Tracks.</summary>
    public int TrackCount => Columns.Length;

    /// <summary>C of two tracks, looked up in the shorter of their rows; 0 for none.</summary>
    public float Between(int track, int other)
    {
        if (Columns[track].Length > Columns[other].Length)
        {
            (track, other) = (other, track);
        }

        var at = Array.BinarySearch(Columns[track], other);
        return at >= 0 ? Values[track][at] : 0;
    }

    /// <summary>Counts.</summary>
    /// <param name="rows">[listeners × tracks].</param>
    /// <param name="columns">The same, transposed.</param>
    /// <param name="listenerExponent">γ.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <returns>
    /// All of it, unless some row has more entries than its share of the memory; such a row keeps those that are largest
    /// beside the root of the other track's degree.
    /// </returns>
    public static Cooccurrence Count(SparseRows rows, SparseRows columns, double listenerExponent, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(run);
        var trackCount = rows.ColumnCount;
        var most = (int)Math.Max(1024, MostEntries / Math.Max(1, trackCount));
        var weights = Degrees.Power(Degrees.OfRows(rows), -listenerExponent);
        var rarity = Degrees.Power(Degrees.OfRows(columns), -0.5);
        var (outColumns, outValues, diagonal) = (new int[trackCount][], new float[trackCount][], new float[trackCount]);
        Parallel.For(
            0,
            trackCount,
            run.Parallel,
            () => new Scratch(trackCount),
            (track, _, scratch) =>
            {
                for (var c = columns.Offsets[track]; c < columns.Offsets[track + 1]; c++)
                {
                    var listener = columns.Columns[c];
                    scratch.Add(rows, listener, weights[listener] * columns.Confidences[c]);
                }

                diagonal[track] = scratch.Take(track, rarity, most, out outColumns[track], out outValues[track]);
                return scratch;
            },
            _ => { });
        return new Cooccurrence(outColumns, outValues, diagonal);
    }

    private sealed class Scratch(int trackCount)
    {
        private readonly float[] _sums = new float[trackCount];
        private readonly int[] _touched = new int[trackCount];
        private int _count;

        public void Add(SparseRows rows, int listener, float weight)
        {
            var (sums, touched) = (_sums, _touched);
            for (var i = rows.Offsets[listener]; i < rows.Offsets[listener + 1]; i++)
            {
                var other = rows.Columns[i];
                if (sums[other] == 0)
                {
                    touched[_count++] = other;
                }

                sums[other] += weight * rows.Confidences[i];
            }
        }

        /// <summary>Hands the row out and is empty again.</summary>
        public float Take(int track, float[] rarity, int most, out int[] columns, out float[] values)
        {
            var own = _sums[track];
            _sums[track] = 0;
            var touched = _touched.AsSpan(0, _count);
            var kept = _count - (own > 0 ? 1 : 0);
            if (kept > most)
            {
                columns = Largest(touched, rarity, most);
            }
            else
            {
                columns = All(touched, kept);
            }

            values = new float[columns.Length];
            for (var i = 0; i < columns.Length; i++)
            {
                values[i] = _sums[columns[i]];
            }

            foreach (var other in touched)
            {
                _sums[other] = 0;
            }

            _count = 0;
            return own;
        }

        /// <summary>Ascending: by a sweep over all tracks where many are touched, which is faster than sorting them.</summary>
        private int[] All(Span<int> touched, int kept)
        {
            var columns = new int[kept];
            var at = 0;
            if (kept > _sums.Length / 64)
            {
                for (var other = 0; at < kept; other++)
                {
                    if (_sums[other] != 0)
                    {
                        columns[at++] = other;
                    }
                }

                return columns;
            }

            touched.Sort();
            foreach (var other in touched)
            {
                if (_sums[other] != 0)
                {
                    columns[at++] = other;
                }
            }

            return columns;
        }

        private int[] Largest(Span<int> touched, float[] rarity, int most)
        {
            var columns = new int[most];
            var top = new TopK(columns, new float[most]);
            foreach (var other in touched)
            {
                // The track itself has been set to 0 and so is never among the largest.
                top.Offer(other, _sums[other] * rarity[other]);
            }

            top.Sort();
            Array.Sort(columns);
            return columns;
        }
    }
}
