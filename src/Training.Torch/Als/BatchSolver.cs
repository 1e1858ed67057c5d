using static TorchSharp.torch;

namespace Buddies.Training.Torch.Als;

/// <summary>
/// The solve of <see cref="Engine.Taste.FoldIn"/> for a batch of rows at once:
/// (α₀·YᵀY + Σ w·y·yᵀ + λI)·x = Σ w·p·y by Cholesky, the sums as products of small matrices.
/// </summary>
internal static class BatchSolver
{
    /// <summary>Solves one batch.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="batch">Which of them.</param>
    /// <param name="fixedFactors">Y, [columns × d], single precision.</param>
    /// <param name="scaledGram">α₀·YᵀY, [d × d], in the precision of the solve.</param>
    /// <param name="solved">X, [rows × d], single precision; the batch's rows are written, with zeros where a system has no unique solution.</param>
    public static void Solve(DeviceRows rows, RowBatch batch, Tensor fixedFactors, Tensor scaledGram, Tensor solved)
    {
        using var scope = NewDisposeScope();
        var (count, d) = (batch.Count, scaledGram.shape[0]);
        var starts = rows.Starts.narrow(0, batch.From, count).unsqueeze(1);
        var lengths = rows.Lengths.narrow(0, batch.From, count).unsqueeze(1);
        var regularizations = rows.Regularizations.narrow(0, batch.From, count).to_type(scaledGram.dtype);
        var matrices = scaledGram.unsqueeze(0).repeat(count, 1, 1);
        matrices.diagonal(0, 1, 2).add_(regularizations.unsqueeze(1));
        var targets = zeros([count, d, 1], scaledGram.dtype, scaledGram.device);
        for (var from = 0; from < batch.Longest; from += batch.Piece)
        {
            using var inner = NewDisposeScope();
            var length = Math.Min(batch.Piece, batch.Longest - from);
            var places = arange(from, from + length, ScalarType.Int64, scaledGram.device).unsqueeze(0);
            var inside = places.less(lengths);

            // What lies behind a row's end reads entry 0, with a weight of 0.
            var entries = (starts + places).mul(inside).reshape(-1);
            var factors = fixedFactors.index_select(0, rows.Columns.index_select(0, entries)).to_type(scaledGram.dtype).reshape(count, length, d);
            var weights = rows.Confidences.index_select(0, entries).to_type(scaledGram.dtype).reshape(count, length).mul(inside);
            var pulls = rows.Preferences.index_select(0, entries).to_type(scaledGram.dtype).reshape(count, length).mul(weights);
            var transposed = factors.transpose(1, 2);
            matrices.add_(transposed.bmm(factors.mul(weights.unsqueeze(2))));
            targets.add_(transposed.bmm(pulls.unsqueeze(2)));
        }

        // Without the check that throws: it would wait for the device after each batch.
        var (lower, info) = linalg.cholesky_ex(matrices);
        var solution = targets.cholesky_solve(lower).squeeze(2);
        solution = where(info.eq(0).unsqueeze(1), solution, zeros_like(solution));
        solved.index_copy_(0, rows.Ids.narrow(0, batch.From, count), solution.to_type(ScalarType.Float32));
    }
}
