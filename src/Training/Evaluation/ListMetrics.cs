namespace Buddies.Training.Evaluation;

/// <summary>
/// How good one ranked list is, given what was to be found. All are 0 to 1 but for clicks; a list shorter than k counts as
/// if its missing places held wrong tracks. With nothing to find they are NaN.
/// </summary>
public static class ListMetrics
{
    /// <summary>Most clicks there can be (RecSys Challenge 2018): 500 places, ten a click, and one more for nothing found.</summary>
    public const int MostClicks = 51;

    /// <summary>Hits over all that was to be found, as in the code of LightGCN: it cannot reach 1 where that is more than k.</summary>
    /// <param name="list">Best first.</param>
    /// <param name="hidden">What was to be found, ascending, each once.</param>
    /// <param name="k">Places looked at.</param>
    public static double Recall(ReadOnlySpan<int> list, ReadOnlySpan<int> hidden, int k) =>
        hidden.IsEmpty ? double.NaN : CountHits(list, hidden, k) / (double)hidden.Length;

    /// <summary>Hits over k.</summary>
    public static double Precision(ReadOnlySpan<int> list, ReadOnlySpan<int> hidden, int k) =>
        hidden.IsEmpty ? double.NaN : CountHits(list, hidden, k) / (double)k;

    /// <summary>Σ 1/log₂(rank + 1) over hits, over the same sum with hits in the first min(k, |hidden|) places (Järvelin and Kekäläinen 2002).</summary>
    public static double Ndcg(ReadOnlySpan<int> list, ReadOnlySpan<int> hidden, int k)
    {
        if (hidden.IsEmpty)
        {
            return double.NaN;
        }

        var (gain, best) = (0.0, 0.0);
        for (var place = 0; place < k; place++)
        {
            var discounted = 1 / Math.Log2(place + 2);
            best += place < hidden.Length ? discounted : 0;
            gain += place < list.Length && hidden.BinarySearch(list[place]) >= 0 ? discounted : 0;
        }

        return gain / best;
    }

    /// <summary>Mean of the precisions at each hit's rank, over min(k, |hidden|).</summary>
    public static double AveragePrecision(ReadOnlySpan<int> list, ReadOnlySpan<int> hidden, int k)
    {
        if (hidden.IsEmpty)
        {
            return double.NaN;
        }

        var (hits, sum) = (0, 0.0);
        for (var place = 0; place < Math.Min(k, list.Length); place++)
        {
            if (hidden.BinarySearch(list[place]) >= 0)
            {
                sum += ++hits / (place + 1.0);
            }
        }

        return sum / Math.Min(k, hidden.Length);
    }

    /// <summary>Hits in the first |hidden| places, over |hidden| (RecSys Challenge 2018, tracks alone).</summary>
    public static double RPrecision(ReadOnlySpan<int> list, ReadOnlySpan<int> hidden) =>
        hidden.IsEmpty ? double.NaN : CountHits(list, hidden, hidden.Length) / (double)hidden.Length;

    /// <summary>How often ten more tracks must be asked for until one is right: ⌊(rank of the first hit − 1)/10⌋ in 500 places; 51 when none is.</summary>
    public static double Clicks(ReadOnlySpan<int> list, ReadOnlySpan<int> hidden)
    {
        if (hidden.IsEmpty)
        {
            return double.NaN;
        }

        for (var place = 0; place < Math.Min(500, list.Length); place++)
        {
            if (hidden.BinarySearch(list[place]) >= 0)
            {
                return place / 10;
            }
        }

        return MostClicks;
    }

    private static int CountHits(ReadOnlySpan<int> list, ReadOnlySpan<int> hidden, int k)
    {
        var hits = 0;
        foreach (var track in list[..Math.Min(k, list.Length)])
        {
            hits += hidden.BinarySearch(track) >= 0 ? 1 : 0;
        }

        return hits;
    }
}
