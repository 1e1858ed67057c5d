using Buddies.Training.Splits;

namespace Buddies.Training.Evaluation;

/// <summary>Sums up one model over several splits, listener by listener.</summary>
/// <param name="model">Its name.</param>
/// <param name="listeners">Listeners in all.</param>
/// <param name="k">Places looked at.</param>
internal sealed class ModelTally(string model, int listeners, int k)
{
    private readonly double[] _recalls = new double[listeners];
    private readonly double[] _ndcgs = new double[listeners];
    private readonly int[] _splits = new int[listeners];
    private readonly int[] _facts = new int[listeners];
    private readonly Dictionary<string, List<double>> _means = [];

    public string Model => model;

    public void Add(int[][] lists, int[][] popular, int[] judged, InteractionSplit split, Beyond beyond, double seconds)
    {
        for (var i = 0; i < judged.Length; i++)
        {
            var listener = judged[i];
            _recalls[listener] += ListMetrics.Recall(lists[i], split.Hidden[listener], k);
            _ndcgs[listener] += ListMetrics.Ndcg(lists[i], split.Hidden[listener], k);
            _facts[listener] = split.Training.CountOf(listener);
            _splits[listener]++;
        }

        Note("precision", i => ListMetrics.Precision(lists[i], split.Hidden[judged[i]], k));
        Note("map", i => ListMetrics.AveragePrecision(lists[i], split.Hidden[judged[i]], k));
        Note("rPrecision", i => ListMetrics.RPrecision(lists[i], split.Hidden[judged[i]]));
        Note("novelty", i => beyond.Novelty(lists[i]));
        Note("diversity", i => beyond.Diversity(lists[i]));
        Note("serendipity", i => Beyond.Serendipity(lists[i], split.Hidden[judged[i]], popular[i]));
        Note("popularityLift", i => beyond.PopularityLift(lists[i], split.Training.Columns.AsSpan(split.Training.RangeOf(judged[i]))));
        Keep("coverage", beyond.Coverage(lists));
        Keep("seconds", seconds);

        void Note(string name, Func<int, double> metric) =>
            Keep(name, Enumerable.Range(0, judged.Length).Select(metric).Where(value => !double.IsNaN(value)).DefaultIfEmpty(0).Average());
    }

    public ModelRow ToRow(int seed)
    {
        int[] judged = [.. Enumerable.Range(0, _splits.Length).Where(listener => _splits[listener] > 0)];
        var slices = new List<SliceRow>();
        foreach (var slice in Slice.All)
        {
            int[] members = [.. judged.Where(listener => slice.Holds(_facts[listener]))];
            if (members.Length > 0)
            {
                slices.Add(new SliceRow(slice.Name, members.Length, MeanOf(_recalls, members, seed), MeanOf(_ndcgs, members, seed)));
            }
        }

        return new ModelRow(
            model,
            MeanOf(_recalls, judged, seed),
            MeanOf(_ndcgs, judged, seed),
            Average("precision"),
            Average("map"),
            Average("rPrecision"),
            Average("coverage"),
            Average("novelty"),
            Average("diversity"),
            Average("serendipity"),
            Average("popularityLift"),
            Average("seconds"),
            slices);
    }

    private MeanInterval MeanOf(double[] sums, int[] members, int seed) =>
        Bootstrap.Mean(Array.ConvertAll(members, listener => sums[listener] / _splits[listener]), seed);

    private double Average(string name) => _means[name].Average();

    private void Keep(string name, double value)
    {
        if (!_means.TryGetValue(name, out var values))
        {
            _means.Add(name, values = []);
        }

        values.Add(value);
    }
}
