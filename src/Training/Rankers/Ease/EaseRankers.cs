using System.Numerics.Tensors;
using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Ease;

/// <summary>EASE over the inverse P between tracks: track j scores −Σ over facts i ≠ j of x_i·P_ij/P_jj.</summary>
internal sealed class EaseByTracks(float[] inverse, int trackCount) : IRanker
{
    public int TrackCount => trackCount;

    public void Score(SparseRows facts, int from, int count, Span<float> scores)
    {
        scores.Clear();
        for (var row = 0; row < count; row++)
        {
            var target = scores.Slice(row * trackCount, trackCount);
            for (var i = facts.Offsets[from + row]; i < facts.Offsets[from + row + 1]; i++)
            {
                TensorPrimitives.MultiplyAdd(inverse.AsSpan(facts.Columns[i] * trackCount, trackCount), -facts.Confidences[i], target, target);
            }

            for (var track = 0; track < trackCount; track++)
            {
                target[track] /= inverse[(track * trackCount) + track];
            }

            for (var i = facts.Offsets[from + row]; i < facts.Offsets[from + row + 1]; i++)
            {
                target[facts.Columns[i]] += facts.Confidences[i];
            }
        }
    }
}

/// <summary>
/// The same over the inverse K = (I + AAᵀ)⁻¹ between the listeners who were trained on: with r = D^−½ and y = x·r,
/// x·P = (y − ((y·Aᵀ)·K)·A)·r.
/// </summary>
internal sealed class EaseByListeners : IRanker
{
    private readonly SparseRows _rows;
    private readonly SparseRows _columns;
    private readonly float[] _inverse;
    private readonly float[] _root;
    private readonly float[] _scale;
    private readonly float[] _target;

    private EaseByListeners(SparseRows rows, float[] root, RankerRun run)
    {
        _columns = rows.WeighColumns(root).Transpose();
        _rows = _columns.Transpose();
        _root = root;
        var ones = new float[rows.RowCount];
        Array.Fill(ones, 1f);
        _inverse = DenseInverse.OfGram(_columns, _rows, ones, run);
        _scale = new float[rows.ColumnCount];

        // 1/(D_jj·P_jj), where D_jj·P_jj = 1 − a_jᵀ·K·a_j.
        Parallel.For(0, _scale.Length, run.Parallel, track => _scale[track] = (float)(1 / Math.Max(1e-6, 1 - Form(track))));
        _target = [.. _scale.Zip(root, (scale, own) => scale / own)];
    }

    /// <summary>Inverts.</summary>
    /// <param name="rows">W^½·X, [listeners × tracks].</param>
    /// <param name="root">D^−½, [tracks].</param>
    /// <param name="run">Threads, progress and cancellation.</param>
    public static EaseByListeners Make(SparseRows rows, float[] root, RankerRun run) => new(rows, root, run);

    public int TrackCount => _scale.Length;

    public void Score(SparseRows facts, int from, int count, Span<float> scores)
    {
        var listenerCount = _rows.RowCount;
        var overlaps = new float[count * listenerCount];
        var pulls = new float[count * listenerCount];
        var shared = 0L;
        for (var row = 0; row < count; row++)
        {
            var overlap = overlaps.AsSpan(row * listenerCount, listenerCount);
            for (var i = facts.Offsets[from + row]; i < facts.Offsets[from + row + 1]; i++)
            {
                var track = facts.Columns[i];
                shared += _columns.CountOf(track);
                for (var c = _columns.Offsets[track]; c < _columns.Offsets[track + 1]; c++)
                {
                    overlap[_columns.Columns[c]] += facts.Confidences[i] * _root[track] * _columns.Confidences[c];
                }
            }
        }

        // Of few facts, as when links are made, most listeners have none: their rows of the inverse need not be read.
        if (shared < (long)count * listenerCount / 8)
        {
            AddRows(overlaps, pulls);
        }
        else
        {
            MatrixKernels.MultiplyAdd(overlaps, listenerCount, 1, _inverse, listenerCount, pulls, listenerCount, count, listenerCount, listenerCount);
        }

        scores.Clear();
        for (var row = 0; row < count; row++)
        {
            Spread(pulls.AsSpan(row * listenerCount, listenerCount), scores.Slice(row * TrackCount, TrackCount));
        }

        Degrees.ScaleColumns(scores, _target);
        for (var row = 0; row < count; row++)
        {
            var target = scores.Slice(row * TrackCount, TrackCount);
            for (var i = facts.Offsets[from + row]; i < facts.Offsets[from + row + 1]; i++)
            {
                // −(x·P)_j/P_jj + x_j: the track's own fact takes no part in its score.
                var track = facts.Columns[i];
                target[track] += facts.Confidences[i] * (1 - _scale[track]);
            }
        }
    }

    private void AddRows(float[] overlaps, float[] pulls)
    {
        var n = _rows.RowCount;
        for (var i = 0; i < overlaps.Length; i++)
        {
            if (overlaps[i] != 0)
            {
                var pull = pulls.AsSpan(i / n * n, n);
                TensorPrimitives.MultiplyAdd(_inverse.AsSpan(i % n * n, n), overlaps[i], pull, pull);
            }
        }
    }

    private void Spread(ReadOnlySpan<float> pulls, Span<float> scores)
    {
        for (var listener = 0; listener < pulls.Length; listener++)
        {
            if (pulls[listener] != 0)
            {
                for (var i = _rows.Offsets[listener]; i < _rows.Offsets[listener + 1]; i++)
                {
                    scores[_rows.Columns[i]] += pulls[listener] * _rows.Confidences[i];
                }
            }
        }
    }

    private double Form(int track)
    {
        var (sum, n) = (0.0, _rows.RowCount);
        for (var i = _columns.Offsets[track]; i < _columns.Offsets[track + 1]; i++)
        {
            for (var j = _columns.Offsets[track]; j < _columns.Offsets[track + 1]; j++)
            {
                sum += (double)_columns.Confidences[i] * _columns.Confidences[j] * _inverse[(_columns.Columns[i] * n) + _columns.Columns[j]];
            }
        }

        return sum;
    }
}
