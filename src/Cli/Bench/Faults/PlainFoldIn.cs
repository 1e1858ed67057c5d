using Buddies.Engine.Snapshots;

namespace Buddies.Cli.Bench.Faults;

/// <summary>
/// The taste vector of plain facts by the equation of docs/architecture.md, solved by Gaussian elimination over a dense
/// matrix: none of the engine's code but for reading the snapshot's factors.
/// </summary>
internal sealed class PlainFoldIn
{
    private const double ConfidenceScale = 3.7;
    private const double MarkConfidence = 7.4;

    private readonly Snapshot _snapshot;
    private readonly Dictionary<string, int> _rows = new(StringComparer.Ordinal);
    private readonly double[,] _gram;

    public PlainFoldIn(Snapshot snapshot)
    {
        _snapshot = snapshot;
        var d = snapshot.Dimension;
        _gram = new double[d, d];
        for (var row = 0; row < snapshot.TrackCount; row++)
        {
            _rows[snapshot.TrackId(row).Value] = row;
            AddOuter(_gram, snapshot.TrackFactor(row), snapshot.Manifest.UnobservedWeight);
        }
    }

    /// <summary>The vector of unit length; all zero where no fact counts.</summary>
    public double[] Solve(PlainTaste facts)
    {
        var d = _snapshot.Dimension;
        var (matrix, right, count) = ((double[,])_gram.Clone(), new double[d], 0);
        var evidences = facts.Tracks.Values.Select(fact => PlainTaste.EvidenceOf(fact, facts.NewestAtMs)).Where(evidence => evidence > 0).ToArray();
        var mean = evidences.Length > 0 ? evidences.Average() : 0;
        foreach (var (track, fact) in facts.Tracks)
        {
            if (!_rows.TryGetValue(track, out var row))
            {
                continue;
            }

            var evidence = PlainTaste.EvidenceOf(fact, facts.NewestAtMs);
            var confidence = evidence > 0 ? ConfidenceScale * Math.Sqrt(evidence / mean) : 0;
            var preference = evidence > 0 ? (fact.For - fact.Against) / (fact.For + fact.Against) : 0;
            var mark = fact.IsHidden ? -MarkConfidence : fact.IsLiked ? MarkConfidence : 0;
            var rarity = _snapshot.TrackWeights[row];
            var weight = (confidence + Math.Abs(mark)) * rarity;
            if (weight > 0)
            {
                var factor = _snapshot.TrackFactor(row);
                AddOuter(matrix, factor, weight);
                for (var i = 0; i < d; i++)
                {
                    right[i] += ((confidence * preference) + mark) * rarity * factor[i];
                }

                count++;
            }
        }

        if (count == 0)
        {
            return new double[d];
        }

        var manifest = _snapshot.Manifest;
        var ridge = manifest.Regularization * Math.Pow(count + (manifest.UnobservedWeight * _snapshot.TrackCount), manifest.RegularizationExponent);
        for (var i = 0; i < d; i++)
        {
            matrix[i, i] += ridge;
        }

        Eliminate(matrix, right);
        return Unit(right);
    }

    /// <summary>A vector of unit length in the same direction; zero stays zero.</summary>
    public static double[] Unit(IReadOnlyList<double> vector)
    {
        var norm = Math.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => norm > 0 ? x / norm : 0)];
    }

    private static void AddOuter(double[,] matrix, ReadOnlySpan<float> factor, double weight)
    {
        for (var i = 0; i < factor.Length; i++)
        {
            for (var j = 0; j < factor.Length; j++)
            {
                matrix[i, j] += weight * factor[i] * factor[j];
            }
        }
    }

    /// <summary>Gaussian elimination with partial pivoting; the solution replaces the right-hand side.</summary>
    private static void Eliminate(double[,] matrix, double[] right)
    {
        var d = right.Length;
        for (var column = 0; column < d; column++)
        {
            var pivot = Enumerable.Range(column, d - column).MaxBy(row => Math.Abs(matrix[row, column]));
            for (var j = 0; j < d && pivot != column; j++)
            {
                (matrix[column, j], matrix[pivot, j]) = (matrix[pivot, j], matrix[column, j]);
            }

            (right[column], right[pivot]) = (right[pivot], right[column]);
            for (var row = column + 1; row < d; row++)
            {
                var factor = matrix[row, column] / matrix[column, column];
                for (var j = column; j < d; j++)
                {
                    matrix[row, j] -= factor * matrix[column, j];
                }

                right[row] -= factor * right[column];
            }
        }

        for (var row = d - 1; row >= 0; row--)
        {
            for (var j = row + 1; j < d; j++)
            {
                right[row] -= matrix[row, j] * right[j];
            }

            right[row] /= matrix[row, row];
        }
    }
}
