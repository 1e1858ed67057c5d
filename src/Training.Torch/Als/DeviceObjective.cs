using static TorchSharp.torch;

namespace Buddies.Training.Torch.Als;

/// <summary>The terms of <see cref="Buddies.Training.Als.AlsResult.Objectives"/>, summed in double precision on the device.</summary>
internal static class DeviceObjective
{
    /// <summary>Σ w·(p − x·y)² over facts.</summary>
    /// <param name="rows">The facts.</param>
    /// <param name="x">[rows × d].</param>
    /// <param name="y">[columns × d].</param>
    /// <param name="entriesAtOnce">How many are gathered together.</param>
    /// <param name="cancellationToken">Stops between them.</param>
    public static double Errors(DeviceRows rows, Tensor x, Tensor y, long entriesAtOnce, CancellationToken cancellationToken)
    {
        using var sum = zeros([1], ScalarType.Float64, x.device);
        var source = rows.Source;
        var (piece, row) = ((int)Math.Clamp(entriesAtOnce, 1, 1 << 24), 0);
        for (var from = 0; from < source.EntryCount; from += piece)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var count = Math.Min(piece, source.EntryCount - from);
            var owners = new int[count];
            for (var i = 0; i < count; i++)
            {
                while (source.Offsets[row + 1] <= from + i)
                {
                    row++;
                }

                owners[i] = row;
            }

            var left = x.index_select(0, tensor(owners, device: x.device)).to_type(ScalarType.Float64);
            var right = y.index_select(0, rows.Columns.narrow(0, from, count)).to_type(ScalarType.Float64);
            var errors = rows.Preferences.narrow(0, from, count).to_type(ScalarType.Float64) - left.mul_(right).sum(1);
            sum.add_(errors.mul_(errors).mul_(rows.Confidences.narrow(0, from, count)).sum());
        }

        return sum.item<double>();
    }

    /// <summary>α₀·Σ (x·y)² over all pairs, which is α₀·⟨XᵀX, YᵀY⟩.</summary>
    /// <param name="gramX">α₀·XᵀX.</param>
    /// <param name="gramY">α₀·YᵀY.</param>
    /// <param name="unobservedWeight">α₀.</param>
    public static double Unobserved(Tensor gramX, Tensor gramY, double unobservedWeight)
    {
        if (unobservedWeight == 0)
        {
            return 0;
        }

        using var scope = NewDisposeScope();
        return gramX.to_type(ScalarType.Float64).mul(gramY.to_type(ScalarType.Float64)).sum().item<double>() / unobservedWeight;
    }

    /// <summary>Σ λ·|x|² over rows with entries.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="factors">X, [rows × d].</param>
    public static double Penalty(DeviceRows rows, Tensor factors)
    {
        using var sum = zeros([1], ScalarType.Float64, factors.device);
        foreach (var batch in rows.Batches)
        {
            using var scope = NewDisposeScope();
            var some = factors.index_select(0, rows.Ids.narrow(0, batch.From, batch.Count)).to_type(ScalarType.Float64);
            sum.add_(some.mul_(some).sum(1).mul_(rows.Regularizations.narrow(0, batch.From, batch.Count)).sum());
        }

        return sum.item<double>();
    }
}
