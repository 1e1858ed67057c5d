using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Buddies.Cli.Bench;

/// <summary>One pass over everybody for one move: the mover's nearest, and everybody whose bound the mover exceeds.</summary>
/// <param name="vectors">Everybody.</param>
/// <param name="count">n.</param>
internal sealed class MoveScan(TiledVectors vectors, int count)
{
    private readonly ExactScan _scan = new(vectors, count);
    private readonly bool[] _isMarked = new bool[count];
    private readonly int[] _marked = new int[count];
    private int _markedCount;

    /// <summary>The mover's similarity with everybody, [n or more].</summary>
    public ReadOnlySpan<float> Scores => _scan.Scores;

    /// <summary>Whose list may have to change, each once.</summary>
    public ReadOnlySpan<int> Marked => _marked.AsSpan(0, _markedCount);

    /// <summary>Scores everybody and marks those whose bound is exceeded.</summary>
    /// <param name="mover">Who moves.</param>
    /// <param name="vector">Where to.</param>
    /// <param name="bounds">[blocks × 64].</param>
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
        var found = _scan.FindNearest(vector, mover, users, similarities);
        var scores = MemoryMarshal.Cast<float, Vector512<float>>(_scan.Scores);
        var limits = MemoryMarshal.Cast<float, Vector512<float>>(bounds);
        for (var tile = 0; tile < scores.Length; tile++)
        {
            // Scores beyond the last listener are negative infinity, which exceeds nothing.
            for (var lanes = Vector512.GreaterThan(scores[tile], limits[tile]).ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
            {
                Mark((tile * Vector512<float>.Count) + BitOperations.TrailingZeroCount(lanes));
            }
        }

        return found;
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
