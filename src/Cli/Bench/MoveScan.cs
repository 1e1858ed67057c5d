using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Buddies.Engine.Vectors;

namespace Buddies.Cli.Bench;

/// <summary>One pass over everybody for one move: the mover's nearest, and everybody whose bound the mover exceeds.</summary>
/// <param name="vectors">Everybody.</param>
/// <param name="count">n.</param>
internal sealed class MoveScan(TiledVectors vectors, int count)
{
    private readonly float[] _scores = new float[vectors.Blocks * TiledVectors.BlockRows];
    private readonly bool[] _isMarked = new bool[count];
    private readonly int[] _marked = new int[count];
    private int _markedCount;

    /// <summary>The mover's similarity with everybody, [n or more].</summary>
    public ReadOnlySpan<float> Scores => _scores;

    /// <summary>Whose list may have to change, each once.</summary>
    public ReadOnlySpan<int> Marked => _marked.AsSpan(0, _markedCount);

    /// <summary>Scores everybody and marks those whose bound is exceeded.</summary>
    /// <param name="mover">Who moves.</param>
    /// <param name="vector">Where to.</param>
    /// <param name="bounds">[blocks × 64], infinite beyond the last listener.</param>
    /// <param name="users">Destination for the mover's nearest, nearest first.</param>
    /// <param name="similarities">Destination, as long.</param>
    /// <returns>How many were found.</returns>
    public int Run(int mover, ReadOnlySpan<float> vector, ReadOnlySpan<float> bounds, Span<int> users, Span<float> similarities)
    {
        foreach (var user in Marked)
        {
            _isMarked[user] = false;
        }

        _markedCount = 0;
        var top = new TopK(users, similarities);
        var least = float.NegativeInfinity;
        var tile = (Span<Vector512<float>>)stackalloc Vector512<float>[4];
        for (var block = 0; block < vectors.Blocks; block++)
        {
            var first = block * TiledVectors.BlockRows;
            vectors.Score(block, vector, out tile[0], out tile[1], out tile[2], out tile[3]);
            tile.CopyTo(MemoryMarshal.Cast<float, Vector512<float>>(_scores.AsSpan(first, TiledVectors.BlockRows)));
            var limits = MemoryMarshal.Cast<float, Vector512<float>>(bounds.Slice(first, TiledVectors.BlockRows));
            var own = Vector512.Create(least);
            for (var part = 0; part < 4; part++)
            {
                for (var lanes = Vector512.GreaterThan(tile[part], limits[part]).ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
                {
                    Mark(first + (part * 16) + BitOperations.TrailingZeroCount(lanes));
                }

                for (var lanes = Vector512.GreaterThanOrEqual(tile[part], own).ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
                {
                    var user = first + (part * 16) + BitOperations.TrailingZeroCount(lanes);
                    if (user < count && user != mover)
                    {
                        top.Offer(user, _scores[user]);
                    }
                }
            }

            if (top.Count == similarities.Length)
            {
                least = similarities[0];
            }
        }

        return top.Sort();
    }

    /// <summary>Adds a listener to those whose list may have to change.</summary>
    public void Mark(int user)
    {
        if (!_isMarked[user])
        {
            _isMarked[user] = true;
            _marked[_markedCount++] = user;
        }
    }
}
