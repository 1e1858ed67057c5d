using Buddies.Training.Facts;

namespace Buddies.Training.Evaluation;

/// <summary>What lists are like beside being right: how varied, how new, how popular.</summary>
public sealed class Beyond
{
    private readonly SparseRows _training;
    private readonly SparseRows _columns;
    private readonly int[] _counts;

    /// <summary>Looks at the facts that the models were trained on.</summary>
    /// <param name="training">[listeners × tracks].</param>
    public Beyond(SparseRows training)
    {
        ArgumentNullException.ThrowIfNull(training);
        _training = training;
        _columns = training.Transpose();
        _counts = training.CountColumns();
    }

    /// <summary>Share of the tracks with a fact that stand in some list.</summary>
    public double Coverage(IEnumerable<int[]> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        var known = _counts.Count(count => count > 0);
        return known == 0 ? 0 : lists.SelectMany(list => list).Where(track => _counts[track] > 0).Distinct().Count() / (double)known;
    }

    /// <summary>Mean of log₂(N/n) over a list, n a track's listeners of N: the bits that a track is worth as news (Zhou et al. 2010).</summary>
    /// <returns>NaN for an empty list. A track without listeners counts as one of a single listener.</returns>
    public double Novelty(ReadOnlySpan<int> list)
    {
        var sum = 0.0;
        foreach (var track in list)
        {
            sum += Math.Log2(_training.RowCount / Math.Max(1.0, _counts[track]));
        }

        return sum / list.Length;
    }

    /// <summary>One less the mean cosine of two tracks of the list by their listeners (Smyth and McClave 2001).</summary>
    /// <returns>NaN for fewer than two tracks.</returns>
    public double Diversity(ReadOnlySpan<int> list)
    {
        var (sum, pairs) = (0.0, 0);
        for (var i = 0; i < list.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                sum += Cosine(list[i], list[j]);
                pairs++;
            }
        }

        return 1 - (sum / pairs);
    }

    /// <summary>Hits that popularity alone would not have had, over the list's length (Ge et al. 2010).</summary>
    /// <param name="list">The list.</param>
    /// <param name="hidden">What was to be found, ascending.</param>
    /// <param name="popular">The list of popularity for the same listener.</param>
    public static double Serendipity(ReadOnlySpan<int> list, ReadOnlySpan<int> hidden, ReadOnlySpan<int> popular)
    {
        var hits = 0;
        foreach (var track in list)
        {
            hits += hidden.BinarySearch(track) >= 0 && !popular.Contains(track) ? 1 : 0;
        }

        return hits / (double)list.Length;
    }

    /// <summary>Mean listeners of the list's tracks over those of the listener's own, less 1: above 0 the model leans to the popular (Abdollahpouri et al. 2020).</summary>
    /// <param name="list">The list.</param>
    /// <param name="own">The listener's tracks.</param>
    /// <returns>NaN when either is empty.</returns>
    public double PopularityLift(ReadOnlySpan<int> list, ReadOnlySpan<int> own) => (MeanCount(list) / MeanCount(own)) - 1;

    private double MeanCount(ReadOnlySpan<int> tracks)
    {
        var sum = 0.0;
        foreach (var track in tracks)
        {
            sum += _counts[track];
        }

        return sum / tracks.Length;
    }

    /// <summary>Columns hold their rows in ascending order, so that two are merged in one pass.</summary>
    private double Cosine(int left, int right)
    {
        if (_counts[left] == 0 || _counts[right] == 0)
        {
            return 0;
        }

        var (i, j) = (_columns.Offsets[left], _columns.Offsets[right]);
        var shared = 0;
        while (i < _columns.Offsets[left + 1] && j < _columns.Offsets[right + 1])
        {
            var order = _columns.Columns[i] - _columns.Columns[j];
            shared += order == 0 ? 1 : 0;
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return shared / Math.Sqrt((double)_counts[left] * _counts[right]);
    }
}
