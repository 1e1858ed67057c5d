using System.Numerics.Tensors;
using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Neighbours;

/// <summary>
/// Score of track j = t_j · Σ over facts i of x_i·s_i·M_ij: a sparse matrix between tracks with a scale on either side.
/// Linear in the facts.
/// </summary>
public sealed class ItemNeighbours : IRanker
{
    private readonly int[][] _columns;
    private readonly float[][] _values;
    private readonly float[] _source;
    private readonly float[] _target;

    /// <summary>Wraps finished arrays.</summary>
    /// <param name="columns">For each track i the tracks j beside it.</param>
    /// <param name="values">M of each.</param>
    /// <param name="source">s, [tracks].</param>
    /// <param name="target">t, [tracks].</param>
    public ItemNeighbours(int[][] columns, float[][] values, float[] source, float[] target)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (values.Length != columns.Length || source.Length != columns.Length || target.Length != columns.Length)
        {
            throw new ArgumentException($"Expected arrays of {columns.Length}, got {values.Length}, {source.Length} and {target.Length}.");
        }

        _columns = columns;
        _values = values;
        _source = source;
        _target = target;
    }

    /// <inheritdoc/>
    public int TrackCount => _columns.Length;

    /// <summary>M_ij = C_ij^power.</summary>
    public static float[][] Raise(float[][] values, double power, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(run);
        if (power == 1)
        {
            return values;
        }

        var raised = new float[values.Length][];
        Parallel.For(0, values.Length, run.Parallel, i =>
        {
            raised[i] = new float[values[i].Length];
            TensorPrimitives.Pow(values[i], (float)power, raised[i]);
        });
        return raised;
    }

    /// <summary>The same with other scales; the matrix is shared.</summary>
    public ItemNeighbours Scale(float[] source, float[] target) => new(_columns, _values, source, target);

    /// <summary>The same with the <paramref name="most"/> largest t_j·M_ij of each track i alone.</summary>
    public ItemNeighbours Keep(int most, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var (columns, values) = (new int[TrackCount][], new float[TrackCount][]);
        Parallel.For(0, TrackCount, run.Parallel, track =>
        {
            var (from, all) = (_columns[track], _values[track]);
            if (from.Length <= most)
            {
                (columns[track], values[track]) = (from, all);
                return;
            }

            var places = new int[most];
            var top = new TopK(places, new float[most]);
            for (var i = 0; i < from.Length; i++)
            {
                top.Offer(i, all[i] * _target[from[i]]);
            }

            top.Sort();
            columns[track] = Array.ConvertAll(places, place => from[place]);
            values[track] = Array.ConvertAll(places, place => all[place]);
        });
        return new ItemNeighbours(columns, values, _source, _target);
    }

    /// <inheritdoc/>
    public void Score(SparseRows facts, int from, int count, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(facts);
        scores.Clear();
        for (var row = 0; row < count; row++)
        {
            var sums = scores.Slice(row * TrackCount, TrackCount);
            for (var i = facts.Offsets[from + row]; i < facts.Offsets[from + row + 1]; i++)
            {
                var track = facts.Columns[i];
                AddRow(_columns[track], _values[track], facts.Confidences[i] * _source[track], sums);
            }
        }

        Degrees.ScaleColumns(scores, _target);
    }

    private static void AddRow(int[] columns, float[] values, float scale, Span<float> sums)
    {
        for (var i = 0; i < columns.Length && i < values.Length; i++)
        {
            sums[columns[i]] += scale * values[i];
        }
    }
}
