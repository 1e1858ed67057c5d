using System.Buffers;
using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Neighbours;

/// <summary>The constants of <see cref="ListenerNeighbours"/>.</summary>
/// <param name="RarityExponent">A fact that two listeners share weighs n^−this, n the track's listeners.</param>
/// <param name="LengthExponent">A similarity is divided by the other's facts^this.</param>
/// <param name="Power">What the similarity is raised to: more listens to the nearest alone.</param>
/// <param name="Count">How many of the nearest are heard.</param>
/// <param name="TargetExponent">A score is divided by n^this.</param>
public sealed record ListenerNeighbourOptions(
    double RarityExponent = 0.5, double LengthExponent = 0.5, double Power = 1, int Count = 500, double TargetExponent = 0.3);

/// <summary>
/// What the nearest listeners know: the score of a track is the sum of the similarities of those who have a fact about
/// it (Herlocker et al. 1999). The buddies' own recommendation; not linear, but a function of the facts alone.
/// </summary>
public sealed class ListenerNeighbours : IRanker
{
    private readonly SparseRows _rows;
    private readonly SparseRows _columns;
    private readonly float[] _rarity;
    private readonly float[] _lengths;
    private readonly float[] _target;
    private readonly ListenerNeighbourOptions _options;

    /// <summary>Remembers the listeners.</summary>
    /// <param name="rows">[listeners × tracks].</param>
    /// <param name="columns">The same, transposed.</param>
    /// <param name="options">The constants.</param>
    public ListenerNeighbours(SparseRows rows, SparseRows columns, ListenerNeighbourOptions options)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(options);
        _rows = rows;
        _columns = columns;
        _options = options;
        var degrees = Degrees.OfRows(columns);
        _rarity = Degrees.Power(degrees, -options.RarityExponent);
        _target = Degrees.Power(degrees, -options.TargetExponent);
        _lengths = Degrees.Power(Degrees.OfRows(rows), -options.LengthExponent);
    }

    /// <inheritdoc/>
    public int TrackCount => _rows.ColumnCount;

    /// <inheritdoc/>
    public void Score(SparseRows facts, int from, int count, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(facts);
        scores.Clear();
        var sums = ArrayPool<float>.Shared.Rent(_rows.RowCount);
        var touched = ArrayPool<int>.Shared.Rent(_rows.RowCount);
        Array.Clear(sums, 0, _rows.RowCount);
        var nearest = new int[Math.Min(_options.Count, _rows.RowCount)];
        var similarities = new float[nearest.Length];
        for (var row = 0; row < count; row++)
        {
            var found = FindListeners(facts, from + row, sums, touched);
            var top = new TopK(nearest, similarities);
            foreach (var listener in touched.AsSpan(0, found))
            {
                top.Offer(listener, sums[listener] * _lengths[listener]);
                sums[listener] = 0;
            }

            Hear(nearest.AsSpan(0, top.Sort()), similarities, scores.Slice(row * TrackCount, TrackCount));
        }

        ArrayPool<float>.Shared.Return(sums);
        ArrayPool<int>.Shared.Return(touched);
        Degrees.ScaleColumns(scores, _target);
    }

    private int FindListeners(SparseRows facts, int row, float[] sums, int[] touched)
    {
        var found = 0;
        for (var i = facts.Offsets[row]; i < facts.Offsets[row + 1]; i++)
        {
            var track = facts.Columns[i];
            var weight = facts.Confidences[i] * _rarity[track];
            for (var c = _columns.Offsets[track]; c < _columns.Offsets[track + 1]; c++)
            {
                var listener = _columns.Columns[c];
                if (sums[listener] == 0)
                {
                    touched[found++] = listener;
                }

                sums[listener] += weight * _columns.Confidences[c];
            }
        }

        return found;
    }

    private void Hear(ReadOnlySpan<int> nearest, float[] similarities, Span<float> scores)
    {
        for (var n = 0; n < nearest.Length; n++)
        {
            var weight = MathF.Pow(similarities[n], (float)_options.Power);
            for (var i = _rows.Offsets[nearest[n]]; i < _rows.Offsets[nearest[n] + 1]; i++)
            {
                scores[_rows.Columns[i]] += weight * _rows.Confidences[i];
            }
        }
    }
}
