namespace Buddies.Training.Validation;

/// <summary>Which features are counted, in which bins, and for which slices. Made of training data, and used for all that is compared with it.</summary>
internal sealed class Shape
{
    private Shape(IReadOnlyList<FeatureStatistics> features, IReadOnlyList<(string Key, string Value)> slices, IReadOnlyList<string> sliceKeys) =>
        (Features, Slices, SliceKeys) = (features, slices, sliceKeys);

    /// <summary>The features without counts.</summary>
    public IReadOnlyList<FeatureStatistics> Features { get; }

    /// <summary>The slices.</summary>
    public IReadOnlyList<(string Key, string Value)> Slices { get; }

    /// <summary>The features whose values make slices.</summary>
    public IReadOnlyList<string> SliceKeys { get; }

    /// <summary>The shape that statistics have.</summary>
    public static Shape Of(DataStatistics statistics, IReadOnlyList<string> sliceKeys) => new(
        statistics.Features, [.. statistics.Slices.Where(slice => slice.Features.Count > 0).Select(slice => (slice.Key, slice.Value))], sliceKeys);

    public static Shape Make(IReadOnlyList<FeatureStatistics> features, IReadOnlyList<(string Key, string Value)> slices, IReadOnlyList<string> sliceKeys) =>
        new(features, slices, sliceKeys);
}

/// <summary>Sees the training data once to fix bins and slices.</summary>
/// <param name="sliceKeys">The features whose values make slices.</param>
internal sealed class ShapeMaker(IReadOnlyList<string> sliceKeys)
{
    private const int SampleSize = 8192;
    private const int Quantiles = 10;
    private const int MostFeatures = 64;
    private const int MostDistinct = 8192;
    private const int MostValues = 32;

    private readonly Dictionary<string, Numbers> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, WordCount>> _texts = new(StringComparer.Ordinal);

    /// <summary>Who had a feature at all, of those of the two above.</summary>
    private readonly Dictionary<string, WordCount> _names = new(StringComparer.Ordinal);

    public void Add(Example example)
    {
        Count(FeatureNames.Kind, example.Kind, example.Listener);
        foreach (var (name, value) in example.Numbers)
        {
            if (!_numbers.TryGetValue(name, out var numbers))
            {
                if (_numbers.Count + _texts.Count >= MostFeatures)
                {
                    continue;
                }

                _numbers.Add(name, numbers = new Numbers());
            }

            numbers.Add(value);
            Note(name, example.Listener);
        }

        foreach (var (name, value) in example.Texts)
        {
            Count(name, value, example.Listener);
        }
    }

    public Shape Build()
    {
        var features = new List<FeatureStatistics>();
        foreach (var (name, numbers) in _numbers.Where(one => MayBeNamed(one.Key)).Where(one => !_texts.TryGetValue(one.Key, out var texts) || texts.Values.Sum(word => word.Examples) <= one.Value.Seen))
        {
            double[] edges = [.. numbers.Edges(Quantiles)];
            features.Add(new FeatureStatistics(name, FeatureType.Number, edges, [], new long[edges.Length + 2]));
        }

        foreach (var (name, counts) in _texts.Where(one => MayBeNamed(one.Key) && features.TrueForAll(feature => feature.Name != one.Key)))
        {
            string[] values = [.. Frequent(name, counts)];
            features.Add(new FeatureStatistics(name, FeatureType.Text, [], values, new long[values.Length + 2]));
        }

        var slices = sliceKeys.Where(_texts.ContainsKey).SelectMany(key => Frequent(key, _texts[key]).Select(value => (key, value)));
        return Shape.Make([.. features.OrderBy(feature => feature.Name, StringComparer.Ordinal)], [.. slices], sliceKeys);
    }

    private static bool IsContext(string name) => name.StartsWith(FeatureNames.ContextPrefix, StringComparison.Ordinal);

    /// <remarks>What producers write beside an event may name a listener: such words are written down only where several had them.</remarks>
    private static IEnumerable<string> Frequent(string name, Dictionary<string, WordCount> counts) => counts
        .Where(one => one.Value.IsOfMany || !IsContext(name))
        .OrderByDescending(one => one.Value.Examples).ThenBy(one => one.Key, StringComparer.Ordinal).Take(MostValues).Select(one => one.Key);

    /// <summary>The same holds for the names of the members: they are the producer's words too.</summary>
    private bool MayBeNamed(string name) => !IsContext(name) || _names[name].IsOfMany;

    private void Note(string name, ulong listener)
    {
        if (!_names.TryGetValue(name, out var who))
        {
            _names.Add(name, who = new WordCount());
        }

        who.Add(listener);
    }

    private void Count(string name, string value, ulong listener)
    {
        if (!_texts.TryGetValue(name, out var counts))
        {
            if (_numbers.Count + _texts.Count >= MostFeatures)
            {
                return;
            }

            _texts.Add(name, counts = new Dictionary<string, WordCount>(StringComparer.Ordinal));
        }

        Note(name, listener);
        if (!counts.TryGetValue(value, out var word))
        {
            if (counts.Count >= MostDistinct)
            {
                return;
            }

            counts.Add(value, word = new WordCount());
        }

        word.Add(listener);
    }

    /// <summary>A uniform sample (Vitter 1985, algorithm R) with the exact range.</summary>
    private sealed class Numbers
    {
        private readonly Random _random = new(1);
        private readonly List<double> _sample = [];
        private double _least = double.PositiveInfinity;
        private double _most = double.NegativeInfinity;

        public long Seen { get; private set; }

        public void Add(double value)
        {
            (_least, _most) = (Math.Min(_least, value), Math.Max(_most, value));
            Seen++;
            if (_sample.Count < SampleSize)
            {
                _sample.Add(value);
            }
            else if (_random.NextInt64(Seen) is var at && at < SampleSize)
            {
                _sample[(int)at] = value;
            }
        }

        /// <summary>The least value and the upper end of each bin; a value that many quantiles share has a bin of its own.</summary>
        public SortedSet<double> Edges(int quantiles)
        {
            _sample.Sort();
            var uppers = Enumerable.Range(1, quantiles - 1).Select(i => _sample[i * (_sample.Count - 1) / quantiles]).Append(_most).ToArray();
            var edges = new SortedSet<double> { _least < _most ? _least : Math.BitDecrement(_least) };
            for (var i = 0; i < uppers.Length; i++)
            {
                edges.Add(uppers[i]);
                if (i > 0 && uppers[i] == uppers[i - 1] && uppers[i] > _least)
                {
                    edges.Add(Math.BitDecrement(uppers[i]));
                }
            }

            return edges;
        }
    }
}
