namespace Buddies.Training.Validation;

/// <summary>Counts examples into the bins of a shape, all together and by slice.</summary>
/// <param name="shape">The bins.</param>
internal sealed class StatisticsCounter(Shape shape)
{
    private const int MostNewSlices = 1024;

    private readonly Tally _all = new(shape);
    private readonly Dictionary<(string, string), Tally> _slices = shape.Slices.ToDictionary(slice => slice, _ => new Tally(shape));
    private readonly Dictionary<(string Key, string Value), WordCount> _newSlices = [];
    private long _events;
    private long _plays;

    public void Add(Example example)
    {
        _events++;
        _all.AddText(FeatureNames.Kind, example.Kind);
        if (!example.IsPlay)
        {
            return;
        }

        _plays++;
        _all.Add(example);
        foreach (var (key, value) in example.Texts)
        {
            if (!shape.SliceKeys.Contains(key))
            {
                continue;
            }

            if (_slices.TryGetValue((key, value), out var slice))
            {
                slice.Add(example);
            }
            else if (_newSlices.TryGetValue((key, value), out var word))
            {
                word.Add(example.Listener);
            }
            else if (_newSlices.Count < MostNewSlices)
            {
                _newSlices.Add((key, value), word = new WordCount());
                word.Add(example.Listener);
            }
        }
    }

    public DataStatistics Build(long after, long through) => new(
        after,
        through,
        _events,
        _plays,
        _all.Build(_events, _plays),
        [
            .. _slices.Select(slice => new SliceStatistics(slice.Key.Item1, slice.Key.Item2, slice.Value.Plays, slice.Value.Build(0, slice.Value.Plays))),
            .. _newSlices.Where(one => one.Value.IsOfMany).OrderByDescending(one => one.Value.Examples)
                .Select(one => new SliceStatistics(one.Key.Key, one.Key.Value, one.Value.Examples, [])),
        ]);

    private sealed class Tally
    {
        private readonly Dictionary<string, FeatureTally> _features;

        public Tally(Shape shape) => _features = shape.Features.ToDictionary(feature => feature.Name, feature => new FeatureTally(feature));

        public long Plays { get; private set; }

        public void Add(Example example)
        {
            Plays++;
            foreach (var (name, value) in example.Numbers)
            {
                if (_features.TryGetValue(name, out var feature))
                {
                    feature.Add(value);
                }
            }

            foreach (var (name, value) in example.Texts)
            {
                AddText(name, value);
            }
        }

        public void AddText(string name, string value)
        {
            if (_features.TryGetValue(name, out var feature))
            {
                feature.Add(value);
            }
        }

        public IReadOnlyList<FeatureStatistics> Build(long events, long plays) =>
            [.. _features.Select(feature => feature.Value.Build(feature.Key == FeatureNames.Kind ? events : plays))];
    }

    private sealed class FeatureTally
    {
        private readonly FeatureStatistics _shape;
        private readonly double[] _edges;
        private readonly Dictionary<string, int> _bins;
        private readonly long[] _counts;
        private long _present;
        private long _wrongType;
        private double _least = double.PositiveInfinity;
        private double _most = double.NegativeInfinity;
        private double _mean;
        private double _squares;

        public FeatureTally(FeatureStatistics shape)
        {
            _shape = shape;
            _edges = [.. shape.Edges];
            _counts = new long[shape.Counts.Count];
            _bins = shape.Values.Select((value, i) => (value, i)).ToDictionary(one => one.value, one => one.i + 1, StringComparer.Ordinal);
        }

        public void Add(double value)
        {
            if (_shape.Type != FeatureType.Number)
            {
                _wrongType++;
                return;
            }

            // The edge at or above the value: bin i reaches from the edge before it, left out, to edge i; the least is in the first.
            var at = Array.BinarySearch(_edges, value);
            at = at >= 0 ? Math.Max(at, 1) : ~at;
            _counts[at + 1]++;
            _present++;
            (_least, _most) = (Math.Min(_least, value), Math.Max(_most, value));
            var delta = value - _mean;
            _mean += delta / _present;
            _squares += delta * (value - _mean);
        }

        public void Add(string value)
        {
            if (_shape.Type != FeatureType.Text)
            {
                _wrongType++;
                return;
            }

            _counts[_bins.GetValueOrDefault(value, _counts.Length - 1)]++;
            _present++;
        }

        public FeatureStatistics Build(long total)
        {
            _counts[0] = Math.Max(0, total - _present);
            return _shape with
            {
                Counts = [.. _counts],
                WrongType = _wrongType,
                Least = double.IsFinite(_least) ? _least : null,
                Most = double.IsFinite(_most) ? _most : null,
                Mean = _mean,
                Deviation = _present > 1 ? Math.Sqrt(_squares / (_present - 1)) : 0,
            };
        }
    }
}
