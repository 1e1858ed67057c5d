using System.Numerics.Tensors;
using Buddies.Engine.Vectors;

namespace Buddies.Cli.Bench;

/// <summary>Where everybody is after a number of moves, and the exact truth there.</summary>
/// <remarks>Scores with another kernel than the engines do, so a hit may lie <see cref="Tolerance"/> under the true k-th.</remarks>
internal sealed class WorldState
{
    private const float Tolerance = 1e-6f;
    private const int RowsPerBlock = 8192;

    private readonly WorldShape _shape;
    private readonly MoveLog _moves;
    private readonly float[] _current;
    private readonly float[] _scores;
    private int _applied;

    /// <summary>Starts before the first move.</summary>
    public WorldState(WorldShape shape, float[] vectors, MoveLog moves)
    {
        _shape = shape;
        _moves = moves;
        _current = (float[])vectors.Clone();
        _scores = new float[shape.Count];
    }

    /// <summary>Goes on to the state after so many moves; never back.</summary>
    public void AdvanceTo(int moves)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(moves, _applied);
        for (; _applied < moves; _applied++)
        {
            _moves.VectorOf(_applied).CopyTo(RowOf(_moves.UserOf(_applied)));
        }
    }

    /// <summary>Goes to the end, and averages the cosine between old and new vectors on the way.</summary>
    public double MeanCosineOfMoves()
    {
        var sum = 0.0;
        for (; _applied < _moves.Count; _applied++)
        {
            var row = RowOf(_moves.UserOf(_applied));
            sum += TensorPrimitives.Dot(row, _moves.VectorOf(_applied));
            _moves.VectorOf(_applied).CopyTo(row);
        }

        return sum / Math.Max(1, _moves.Count);
    }

    /// <summary>Which part of a listener's true k nearest a list has. Nobody counts twice; the listener never counts.</summary>
    /// <param name="user">Whose list.</param>
    /// <param name="list">Best first; what is beyond k is not looked at.</param>
    /// <param name="k">How many there should be.</param>
    /// <returns>0 to 1.</returns>
    public double RecallOf(int user, ReadOnlySpan<int> list, int k)
    {
        var d = _shape.Dimension;
        Parallel.For(0, (_shape.Count + RowsPerBlock - 1) / RowsPerBlock, block =>
        {
            var first = block * RowsPerBlock;
            var rows = Math.Min(RowsPerBlock, _shape.Count - first);
            VectorKernels.ScoreRows(_current.AsSpan(first * d, rows * d), RowOf(user), _scores.AsSpan(first, rows));
        });
        _scores[user] = float.NegativeInfinity;
        Span<int> items = new int[k];
        Span<float> best = new float[k];
        var top = new TopK(items, best);
        for (var other = 0; other < _scores.Length; other++)
        {
            top.Offer(other, _scores[other]);
        }

        var expected = top.Sort();
        var least = best[expected - 1] - Tolerance;
        var hits = new HashSet<int>();
        foreach (var other in list[..Math.Min(list.Length, k)])
        {
            if (other >= 0 && other < _scores.Length && other != user && _scores[other] >= least)
            {
                hits.Add(other);
            }
        }

        return (double)hits.Count / expected;
    }

    private Span<float> RowOf(int user) => _current.AsSpan(user * _shape.Dimension, _shape.Dimension);
}
