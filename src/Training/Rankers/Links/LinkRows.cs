using System.Numerics.Tensors;
using Buddies.Engine.Ranking;
using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Links;

/// <summary>
/// A ranker that is linear in the facts, as the sparse matrix that it is: row i is what it says to a listener of one fact, about
/// track i. Of each row the strongest entries of either sign are kept, strongest first.
/// </summary>
internal sealed class LinkRows
{
    private const int BlockRows = 16;

    private readonly int[][] _targets;
    private readonly float[][] _weights;

    private LinkRows(int[][] targets, float[][] weights) => (_targets, _weights) = (targets, weights);

    /// <summary>Asks the ranker for every row.</summary>
    /// <param name="linear">Linear in the confidences of the facts.</param>
    /// <param name="most">Entries kept of a row, 1 or more; what a track says of itself is left out.</param>
    /// <param name="run">Threads and cancellation.</param>
    public static LinkRows Of(IRanker linear, int most, RankerRun run)
    {
        var trackCount = linear.TrackCount;
        var single = BinaryRows.Make(track => [track], trackCount, trackCount);
        var (targets, weights) = (new int[trackCount][], new float[trackCount][]);
        Parallel.For(0, (trackCount + BlockRows - 1) / BlockRows, run.Parallel, () => new Scratch(trackCount, Math.Min(most, trackCount)), (block, _, scratch) =>
        {
            var from = block * BlockRows;
            var count = Math.Min(BlockRows, trackCount - from);
            linear.Score(single, from, count, scratch.Scores.AsSpan(0, count * trackCount));
            for (var i = 0; i < count; i++)
            {
                (targets[from + i], weights[from + i]) = scratch.Strongest(i, from + i);
            }

            return scratch;
        }, _ => { });
        return new LinkRows(targets, weights);
    }

    /// <summary>The links that are left with fewer entries for each track.</summary>
    /// <param name="most">Entries of a track, 1 or more; no more than were asked for.</param>
    /// <param name="scale">What each is multiplied by.</param>
    /// <param name="parameters">How they are used; their number is filled in.</param>
    public TrackLinkTable ToTable(int most, double scale, LinkParameters parameters)
    {
        var offsets = new long[_targets.Length + 1];
        for (var track = 0; track < _targets.Length; track++)
        {
            offsets[track + 1] = offsets[track] + Math.Min(most, _targets[track].Length);
        }

        var targets = new int[checked((int)offsets[^1])];
        var weights = new float[targets.Length];
        for (var track = 0; track < _targets.Length; track++)
        {
            var (from, count) = ((int)offsets[track], (int)(offsets[track + 1] - offsets[track]));
            _targets[track].AsSpan(0, count).CopyTo(targets.AsSpan(from));
            TensorPrimitives.Multiply(_weights[track].AsSpan(0, count), (float)scale, weights.AsSpan(from, count));
            targets.AsSpan(from, count).Sort(weights.AsSpan(from, count));
        }

        return new TrackLinkTable(offsets, targets, weights, parameters with { Entries = targets.Length });
    }

    private sealed class Scratch(int trackCount, int most)
    {
        private readonly float[] _strengths = new float[trackCount];
        private readonly int[] _found = new int[most];
        private readonly float[] _keys = new float[most];

        public float[] Scores { get; } = new float[BlockRows * trackCount];

        public (int[] Targets, float[] Weights) Strongest(int row, int track)
        {
            var scores = Scores.AsSpan(row * trackCount, trackCount);
            TensorPrimitives.Abs(scores, _strengths);
            _strengths[track] = float.NaN;
            var top = new TopK(_found, _keys);
            top.OfferAll(_strengths);
            var count = top.Sort();

            // Behind the last that says anything come zeros.
            var said = _keys.AsSpan(0, count).IndexOf(0f);
            var kept = _found[..(said < 0 ? count : said)];
            var weights = new float[kept.Length];
            for (var i = 0; i < kept.Length; i++)
            {
                weights[i] = scores[kept[i]];
            }

            return (kept, weights);
        }
    }
}
