using Buddies.Engine.Taste;
using Buddies.Training.Facts;
using static TorchSharp.torch;

namespace Buddies.Training.Torch.Als;

/// <summary>
/// Sparse rows on the device, and in which batches they are solved: rows of about one length together, the longest first,
/// so that little is padded.
/// </summary>
internal sealed class DeviceRows : IDisposable
{
    /// <summary>Numbers in the matrices of one batch, at most, but for a single matrix.</summary>
    private const long MatrixNumbers = 1 << 22;

    /// <param name="rows">The rows.</param>
    /// <param name="device">Where to, and how much at once.</param>
    /// <param name="dimension">d.</param>
    /// <param name="parameters">What the regularization follows from.</param>
    public DeviceRows(SparseRows rows, TorchDevice device, int dimension, FoldInParameters parameters)
    {
        Source = rows;
        var lengths = new int[rows.RowCount];
        for (var row = 0; row < lengths.Length; row++)
        {
            lengths[row] = rows.CountOf(row);
        }

        // A stable order: the same rows make the same batches.
        int[] order = [.. Enumerable.Range(0, lengths.Length).Where(row => lengths[row] > 0).OrderByDescending(row => lengths[row])];
        EmptyCount = lengths.Length - order.Length;
        Batches = [.. Split(order, lengths, Math.Max(1, device.PieceNumbers / dimension), Math.Max(1, MatrixNumbers / ((long)dimension * dimension)))];
        Columns = tensor(rows.Columns, device: device.Place);
        Confidences = tensor(rows.Confidences, device: device.Place);
        Preferences = tensor(rows.Preferences, device: device.Place);
        Ids = tensor(Array.ConvertAll(order, row => (long)row), device: device.Place);
        Starts = tensor(Array.ConvertAll(order, row => (long)rows.Offsets[row]), device: device.Place);
        Lengths = tensor(Array.ConvertAll(order, row => (long)lengths[row]), device: device.Place);
        Regularizations = tensor(Array.ConvertAll(order, row => parameters.RegularizationOf(lengths[row], rows.ColumnCount)), device: device.Place);
    }

    /// <summary>The rows as they came.</summary>
    public SparseRows Source { get; }

    /// <summary>Rows without entries, which no batch has.</summary>
    public int EmptyCount { get; }

    public IReadOnlyList<RowBatch> Batches { get; }

    /// <summary>[entries], whole numbers of 32 bits.</summary>
    public Tensor Columns { get; }

    /// <summary>w, [entries], single precision.</summary>
    public Tensor Confidences { get; }

    /// <summary>p, [entries], single precision.</summary>
    public Tensor Preferences { get; }

    /// <summary>The rows in the order of the batches, [rows with entries].</summary>
    public Tensor Ids { get; }

    /// <summary>Where the entries of each begin, in that order.</summary>
    public Tensor Starts { get; }

    /// <summary>How many there are, in that order.</summary>
    public Tensor Lengths { get; }

    /// <summary>λ of each, in that order, double precision.</summary>
    public Tensor Regularizations { get; }

    public void Dispose()
    {
        foreach (var part in new[] { Columns, Confidences, Preferences, Ids, Starts, Lengths, Regularizations })
        {
            part.Dispose();
        }
    }

    private static IEnumerable<RowBatch> Split(int[] order, int[] lengths, long entriesAtOnce, long rowsAtOnce)
    {
        for (var from = 0; from < order.Length;)
        {
            var longest = lengths[order[from]];
            var count = (int)Math.Min(order.Length - from, Math.Clamp(entriesAtOnce / longest, 1, rowsAtOnce));
            yield return new RowBatch(from, count, longest, (int)Math.Min(longest, Math.Max(1, entriesAtOnce / count)));
            from += count;
        }
    }
}

/// <summary>Rows that are solved together.</summary>
/// <param name="From">The first, in the order of <see cref="DeviceRows.Ids"/>.</param>
/// <param name="Count">How many.</param>
/// <param name="Longest">Entries of the longest.</param>
/// <param name="Piece">Entries of each that are summed at once; a row may be longer.</param>
internal readonly record struct RowBatch(int From, int Count, int Longest, int Piece);
