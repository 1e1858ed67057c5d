using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Buddies.Engine.Vectors;

namespace Buddies.Cli.Bench;

/// <summary>The nearest of everybody by one pass over all vectors.</summary>
/// <remarks>
/// Offering every promising score to a heap takes as long as scoring 10,000 listeners. So the pass only keeps the maxima of
/// a few more groups than there are places: the k-th of these maxima is a bound that at least k listeners reach, and hardly
/// more than twice as many do. Only those meet the heap. Not thread-safe.
/// </remarks>
/// <param name="vectors">Everybody.</param>
/// <param name="count">n, how many of them there are.</param>
internal sealed class ExactScan(TiledVectors vectors, int count)
{
    /// <summary>Of the 64 groups that come together, how many places they serve.</summary>
    private const int PlacesByBlock = 51;

    private readonly float[] _scores = new float[vectors.Blocks * TiledVectors.BlockRows];
    private Vector512<float>[] _maxima = [];
    private float[] _sorted = [];

    /// <summary>The last query's score with everybody, negative infinity beyond the last listener, [blocks × 64].</summary>
    public ReadOnlySpan<float> Scores => _scores;

    /// <summary>Finds the nearest.</summary>
    /// <param name="query">[d].</param>
    /// <param name="except">A listener to leave out; −1 for none.</param>
    /// <param name="users">Destination, nearest first; equal scores rank by the lower number.</param>
    /// <param name="scores">Destination, as long.</param>
    /// <returns>How many there are.</returns>
    public int FindNearest(ReadOnlySpan<float> query, int except, Span<int> users, Span<float> scores)
    {
        ScoreAll(query, 1 + (users.Length / PlacesByBlock));
        var least = Vector512.Create(BoundOf(users.Length));
        var top = new TopK(users, scores);
        var tiles = MemoryMarshal.Cast<float, Vector512<float>>(_scores);
        for (var tile = 0; tile < tiles.Length; tile++)
        {
            for (var lanes = Vector512.GreaterThanOrEqual(tiles[tile], least).ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
            {
                var user = (tile * Vector512<float>.Count) + BitOperations.TrailingZeroCount(lanes);
                if (user < count && user != except)
                {
                    top.Offer(user, _scores[user]);
                }
            }
        }

        return top.Sort();
    }

    private void ScoreAll(ReadOnlySpan<float> query, int groupBlocks)
    {
        if (_maxima.Length != groupBlocks * 4)
        {
            _maxima = new Vector512<float>[groupBlocks * 4];
            _sorted = new float[groupBlocks * TiledVectors.BlockRows];
        }

        _maxima.AsSpan().Fill(Vector512.Create(float.NegativeInfinity));
        var tiles = MemoryMarshal.Cast<float, Vector512<float>>(_scores.AsSpan());
        var whole = count / TiledVectors.BlockRows;
        for (var (block, group) = (0, 0); block < vectors.Blocks; block++)
        {
            vectors.Score(block, query, out var a, out var b, out var c, out var e);
            var to = tiles.Slice(block * 4, 4);
            to[0] = a;
            to[1] = b;
            to[2] = c;
            to[3] = e;
            if (block < whole)
            {
                var maxima = _maxima.AsSpan(group * 4, 4);
                maxima[0] = Vector512.Max(maxima[0], a);
                maxima[1] = Vector512.Max(maxima[1], b);
                maxima[2] = Vector512.Max(maxima[2], c);
                maxima[3] = Vector512.Max(maxima[3], e);
                group = group + 1 == groupBlocks ? 0 : group + 1;
            }
        }

        _scores.AsSpan(count).Fill(float.NegativeInfinity);
    }

    /// <summary>A score that at least k listeners reach besides the one who is left out.</summary>
    private float BoundOf(int k)
    {
        MemoryMarshal.Cast<Vector512<float>, float>(_maxima).CopyTo(_sorted);
        Array.Sort(_sorted);
        return _sorted[_sorted.Length - (k + 1)];
    }
}
