using System.Numerics;
using System.Runtime.Intrinsics;
using Buddies.Engine.Vectors;

namespace Buddies.Cli.Bench;

/// <summary>The nearest of everybody by one pass over all vectors.</summary>
internal static class ExactScan
{
    /// <summary>Finds the nearest.</summary>
    /// <param name="vectors">Everybody.</param>
    /// <param name="count">n, how many of them there are.</param>
    /// <param name="query">[d].</param>
    /// <param name="except">A listener to leave out; −1 for none.</param>
    /// <param name="users">Destination, nearest first; equal scores rank by the lower number.</param>
    /// <param name="scores">Destination, as long.</param>
    /// <returns>How many there are.</returns>
    public static int FindNearest(TiledVectors vectors, int count, ReadOnlySpan<float> query, int except, Span<int> users, Span<float> scores)
    {
        var top = new TopK(users, scores);
        var least = float.NegativeInfinity;
        for (var block = 0; block < vectors.Blocks; block++)
        {
            vectors.Score(block, query, out var a, out var b, out var c, out var e);
            var bound = Vector512.Create(least);
            if (!Vector512.GreaterThanOrEqualAny(Vector512.Max(Vector512.Max(a, b), Vector512.Max(c, e)), bound))
            {
                continue;
            }

            var first = block * TiledVectors.BlockRows;
            OfferTile(ref top, a, bound, first, count, except);
            OfferTile(ref top, b, bound, first + 16, count, except);
            OfferTile(ref top, c, bound, first + 32, count, except);
            OfferTile(ref top, e, bound, first + 48, count, except);
            if (top.Count == scores.Length)
            {
                // The heap keeps its worst at the root.
                least = scores[0];
            }
        }

        return top.Sort();
    }

    private static void OfferTile(ref TopK top, Vector512<float> tile, Vector512<float> bound, int first, int count, int except)
    {
        for (var lanes = Vector512.GreaterThanOrEqual(tile, bound).ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            if (first + lane < count && first + lane != except)
            {
                top.Offer(first + lane, tile.GetElement(lane));
            }
        }
    }
}
