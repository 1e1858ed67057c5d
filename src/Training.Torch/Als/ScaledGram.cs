using static TorchSharp.torch;

namespace Buddies.Training.Torch.Als;

/// <summary>α₀·YᵀY.</summary>
internal static class ScaledGram
{
    /// <summary>Sums it in the device's precision, a piece of the rows at a time.</summary>
    /// <param name="factors">Y, [rows × d], single precision.</param>
    /// <param name="unobservedWeight">α₀.</param>
    /// <param name="device">Says the precision, and how much at once.</param>
    /// <returns>[d × d]; the caller's to dispose of.</returns>
    public static Tensor Compute(Tensor factors, double unobservedWeight, TorchDevice device)
    {
        var (rowCount, d) = (factors.shape[0], factors.shape[1]);
        var piece = Math.Max(1, device.PieceNumbers / d);
        var gram = zeros([d, d], device.Precision, device.Place);
        for (long from = 0; from < rowCount; from += piece)
        {
            using var scope = NewDisposeScope();
            var some = factors.narrow(0, from, Math.Min(piece, rowCount - from)).to_type(device.Precision);
            gram.add_(some.t().mm(some));
        }

        return gram.mul_(unobservedWeight);
    }
}
