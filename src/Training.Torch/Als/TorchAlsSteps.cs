using Buddies.Training.Als;
using Buddies.Training.Facts;
using static TorchSharp.torch;

namespace Buddies.Training.Torch.Als;

/// <summary>The steps of implicit ALS on libtorch. X and Y stay on the device; Y is read once an epoch, to be kept.</summary>
internal sealed class TorchAlsSteps : IAlsSteps
{
    private readonly TorchDevice _device;
    private readonly AlsOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly DeviceRows _rows;
    private readonly DeviceRows _columns;
    private readonly Tensor _x;
    private readonly Tensor _y;
    private Tensor _gramX;
    private Tensor _gramY;

    public TorchAlsSteps(
        TorchDevice device, SparseRows rows, SparseRows columns, float[] tracks, AlsOptions options, CancellationToken cancellationToken)
    {
        (_device, _options, _cancellationToken) = (device, options, cancellationToken);
        _rows = new DeviceRows(rows, device, options.Dimension, options.FoldIn);
        _columns = new DeviceRows(columns, device, options.Dimension, options.FoldIn);
        _x = zeros([rows.RowCount, options.Dimension], ScalarType.Float32, device.Place);
        _y = device.MakeFactors(tracks, options.Dimension);
        _gramX = ScaledGram.Compute(_x, options.UnobservedWeight, device);
        _gramY = ScaledGram.Compute(_y, options.UnobservedWeight, device);
    }

    public void SolveRows(Action<int> onRowsSolved)
    {
        Solve(_rows, _y, _gramY, _x, onRowsSolved);
        _gramX.Dispose();
        _gramX = ScaledGram.Compute(_x, _options.UnobservedWeight, _device);
    }

    public void SolveTracks(Action<int> onRowsSolved)
    {
        Solve(_columns, _x, _gramX, _y, onRowsSolved);
        _gramY.Dispose();
        _gramY = ScaledGram.Compute(_y, _options.UnobservedWeight, _device);
    }

    public double MeasureObjective() =>
        DeviceObjective.Errors(_rows, _x, _y, _device.PieceNumbers / _options.Dimension, _cancellationToken)
        + DeviceObjective.Unobserved(_gramX, _gramY, _options.UnobservedWeight)
        + DeviceObjective.Penalty(_rows, _x)
        + DeviceObjective.Penalty(_columns, _y);

    public float[] ReadTracks() => TorchDevice.Read(_y);

    public float[] SolveOthers(SparseRows rows, Action<int> onRowsSolved)
    {
        using var others = new DeviceRows(rows, _device, _options.Dimension, _options.FoldIn);
        using var solved = zeros([rows.RowCount, _options.Dimension], ScalarType.Float32, _device.Place);
        Solve(others, _y, _gramY, solved, onRowsSolved);
        return TorchDevice.Read(solved);
    }

    public void Dispose()
    {
        _rows.Dispose();
        _columns.Dispose();
        foreach (var tensor in new[] { _x, _y, _gramX, _gramY })
        {
            tensor.Dispose();
        }
    }

    private void Solve(DeviceRows rows, Tensor fixedFactors, Tensor scaledGram, Tensor solved, Action<int> onRowsSolved)
    {
        foreach (var batch in rows.Batches)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            BatchSolver.Solve(rows, batch, fixedFactors, scaledGram, solved);
            onRowsSolved(batch.Count);
        }

        // They were zero from the start, and stay so.
        onRowsSolved(rows.EmptyCount);
    }
}
