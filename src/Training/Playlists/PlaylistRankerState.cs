using System.Numerics.Tensors;
using Buddies.Training.Rankers.Bpr;

namespace Buddies.Training.Playlists;

/// <summary>
/// The rows that steps are made on. In each d numbers stand first, then the bias, then zeros up to a whole number of lanes; a
/// listener's vector has a 1 in the bias's place.
/// </summary>
internal sealed class PlaylistRankerState
{
    private const int ScaleSamples = 50_000;
    private const double LeastScale = 1;
    private const double MostScale = 30;

    private readonly PlaylistRankerData _data;
    private readonly int[] _listenerOf;
    private readonly int[] _shown;
    private readonly double[] _decay;
    private readonly float[] _homes;

    public PlaylistRankerState(PlaylistRankerData data, PlaylistRankerOptions options)
    {
        var d = data.Dimension;
        var playlists = data.IsShown.Length;
        if (data.Contents.Length != playlists * d || data.Pairs.ColumnCount != playlists || data.Listeners.Length != data.Pairs.RowCount * d)
        {
            throw new ArgumentException(
                $"Expected {playlists} rows of {d} and {data.Pairs.RowCount} listeners, got {data.Contents.Length} and {data.Listeners.Length} values.", nameof(data));
        }

        _data = data;
        Width = (d + BprKernel.Lanes) / BprKernel.Lanes * BprKernel.Lanes;
        _listenerOf = new int[data.Pairs.EntryCount];
        for (var row = 0; row < data.Pairs.RowCount; row++)
        {
            Array.Fill(_listenerOf, row, data.Pairs.Offsets[row], data.Pairs.CountOf(row));
        }

        _shown = [.. Enumerable.Range(0, playlists).Where(playlist => data.IsShown[playlist])];
        Scale = FitScale(options);
        _homes = new float[checked(playlists * Width)];
        for (var playlist = 0; playlist < playlists; playlist++)
        {
            TensorPrimitives.Multiply(data.Contents.AsSpan(playlist * d, d), (float)Scale, _homes.AsSpan(playlist * Width, d));
        }

        Rows = (float[])_homes.Clone();

        // Of one epoch's steps so many are on this playlist; together they draw it home as strongly as λ says, however many they are.
        var chosen = data.Pairs.CountColumns();
        var evenly = _shown.Length == 0 ? 0 : (1 - options.PopularShare) * PairCount / _shown.Length;
        _decay = Array.ConvertAll(chosen, count => count == 0 ? 0 : options.Shrinkage / ((count * (1 + options.PopularShare)) + evenly));
    }

    /// <summary>Columns of a row.</summary>
    public int Width { get; }

    public int PairCount => _data.Pairs.EntryCount;

    /// <summary>Row-major, [playlists × width], in logits.</summary>
    public float[] Rows { get; }

    /// <summary>Logits that a cosine of 1 is worth.</summary>
    public double Scale { get; }

    public Span<float> RowOf(int playlist) => Rows.AsSpan(playlist * Width, Width);

    public ReadOnlySpan<float> HomeOf(int playlist) => _homes.AsSpan(playlist * Width, Width);

    /// <summary>Whether anybody has chosen it: what nobody has stays where its contents put it, as what comes later will.</summary>
    public bool IsChosen(int playlist) => _decay[playlist] > 0;

    public float KeepOf(int playlist, double rate) => (float)Math.Max(0, 1 - (rate * _decay[playlist]));

    public void CopyListener(int listener, Span<float> x)
    {
        var d = _data.Dimension;
        _data.Listeners.AsSpan(listener * d, d).CopyTo(x);
        x[d] = 1;
    }

    public (int Listener, int Playlist) DrawPair(Random random)
    {
        var pair = random.Next(PairCount);
        return (_listenerOf[pair], _data.Pairs.Columns[pair]);
    }

    /// <summary>A playlist that may be shown and that the listener has not chosen; −1 when none is found soon.</summary>
    public int DrawOther(Random random, int listener, double popularShare, int attempts)
    {
        var pairs = _data.Pairs;
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            var playlist = random.NextDouble() < popularShare
                ? pairs.Columns[random.Next(PairCount)]
                : _shown.Length > 0 ? _shown[random.Next(_shown.Length)] : -1;
            if (playlist >= 0 && _data.IsShown[playlist] && Array.BinarySearch(pairs.Columns, pairs.Offsets[listener], pairs.CountOf(listener), playlist) < 0)
            {
                return playlist;
            }
        }

        return -1;
    }

    /// <summary>The rows in cosines, [playlists × (d + 1)].</summary>
    public float[] ToCosines()
    {
        var (d, playlists) = (_data.Dimension, _data.IsShown.Length);
        var rows = new float[checked(playlists * (d + 1))];
        for (var playlist = 0; playlist < playlists; playlist++)
        {
            var row = rows.AsSpan(playlist * (d + 1), d + 1);
            if (IsChosen(playlist))
            {
                TensorPrimitives.Multiply(RowOf(playlist)[..(d + 1)], (float)(1 / Scale), row);
            }
            else
            {
                _data.Contents.AsSpan(playlist * d, d).CopyTo(row);
            }
        }

        return rows;
    }

    /// <summary>The scale under which the cosines of drawn pairs explain best what was chosen: the root of one concave function, by Newton's steps.</summary>
    private double FitScale(PlaylistRankerOptions options)
    {
        var random = new Random(options.Seed);
        var d = _data.Dimension;
        var differences = new List<double>(Math.Min(ScaleSamples, PairCount));
        for (var i = 0; i < ScaleSamples && PairCount > 0; i++)
        {
            var (listener, chosen) = DrawPair(random);
            if (DrawOther(random, listener, options.PopularShare, 1) is >= 0 and var other)
            {
                var x = _data.Listeners.AsSpan(listener * d, d);
                differences.Add(
                    TensorPrimitives.Dot<float>(x, _data.Contents.AsSpan(chosen * d, d)) - TensorPrimitives.Dot<float>(x, _data.Contents.AsSpan(other * d, d)));
            }
        }

        var scale = LeastScale;
        for (var step = 0; step < 30; step++)
        {
            var (slope, bend) = (0.0, 1e-9);
            foreach (var difference in differences)
            {
                var doubt = 1 / (1 + Math.Exp(scale * difference));
                slope += doubt * difference;
                bend += doubt * (1 - doubt) * difference * difference;
            }

            scale = Math.Clamp(scale + (slope / bend), LeastScale, MostScale);
        }

        return scale;
    }
}
