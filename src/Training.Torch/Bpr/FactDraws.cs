using Buddies.Training.Facts;
using static TorchSharp.torch;

namespace Buddies.Training.Torch.Bpr;

/// <summary>Draws facts, and for each a track that the listener has no fact about, on the device.</summary>
internal sealed class FactDraws : IDisposable
{
    private const int Attempts = 8;
    private readonly TorchDevice _device;
    private readonly double _popularShare;
    private readonly long _trackCount;
    private readonly long _entryCount;
    private readonly Generator _generator;
    private readonly Tensor _listeners;
    private readonly Tensor _tracks;
    private readonly Tensor _keys;

    /// <param name="rows">[listeners × tracks], at least one entry.</param>
    /// <param name="popularShare">Share of the negatives that are drawn as often as they are listened to.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="device">Where.</param>
    public FactDraws(SparseRows rows, double popularShare, int seed, TorchDevice device)
    {
        (_device, _popularShare, _trackCount, _entryCount) = (device, popularShare, rows.ColumnCount, rows.EntryCount);
        _generator = new Generator((ulong)(uint)seed, device.Place);
        var listeners = new long[rows.EntryCount];
        for (var row = 0; row < rows.RowCount; row++)
        {
            Array.Fill(listeners, row, rows.Offsets[row], rows.CountOf(row));
        }

        var keys = new long[rows.EntryCount];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (listeners[i] * _trackCount) + rows.Columns[i];
        }

        Array.Sort(keys);
        _listeners = tensor(listeners, device: device.Place);
        _tracks = tensor(Array.ConvertAll(rows.Columns, column => (long)column), device: device.Place);
        _keys = tensor(keys, device: device.Place);
    }

    /// <summary>Draws some, in the caller's scope.</summary>
    /// <param name="count">How many.</param>
    public DrawnFacts Draw(int count)
    {
        var entries = Whole(_entryCount, count);
        var listeners = _listeners.index_select(0, entries);
        var negatives = DrawTracks(count);
        var known = IsKnown(listeners, negatives);
        for (var attempt = 1; attempt < Attempts; attempt++)
        {
            var again = known.nonzero().reshape(-1);
            if (again.shape[0] == 0)
            {
                break;
            }

            var others = DrawTracks((int)again.shape[0]);
            negatives.index_copy_(0, again, others);
            known.index_copy_(0, again, IsKnown(listeners.index_select(0, again), others));
        }

        return new DrawnFacts(listeners, _tracks.index_select(0, entries), negatives, known.logical_not().to_type(ScalarType.Float32));
    }

    public void Dispose()
    {
        _generator.Dispose();
        _listeners.Dispose();
        _tracks.Dispose();
        _keys.Dispose();
    }

    private Tensor DrawTracks(int count)
    {
        var popular = _tracks.index_select(0, Whole(_entryCount, count));
        var isPopular = rand([count], ScalarType.Float64, _device.Place, generator: _generator).less(_popularShare);
        return where(isPopular, popular, Whole(_trackCount, count));
    }

    private Tensor IsKnown(Tensor listeners, Tensor tracks)
    {
        var keys = (listeners * _trackCount) + tracks;
        var at = searchsorted(_keys, keys).clamp(0, _entryCount - 1);
        return _keys.index_select(0, at).eq(keys);
    }

    private Tensor Whole(long below, int count) => randint(below, [count], ScalarType.Int64, _device.Place, generator: _generator);
}

/// <summary>Drawn facts, [draws] each.</summary>
/// <param name="Listeners">Whose.</param>
/// <param name="Positives">The track that the fact is about.</param>
/// <param name="Negatives">A track without a fact.</param>
/// <param name="Counts">1; 0 where none was found soon, and the draw is passed over.</param>
internal readonly record struct DrawnFacts(Tensor Listeners, Tensor Positives, Tensor Negatives, Tensor Counts);
