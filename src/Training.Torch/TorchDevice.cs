using Buddies.Training.Als;
using Buddies.Training.Devices;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Bpr;
using Buddies.Training.Torch.Als;
using Buddies.Training.Torch.Bpr;
using TorchSharp;
using static TorchSharp.torch;

namespace Buddies.Training.Torch;

/// <summary>libtorch on the processors or on a GPU.</summary>
/// <remarks>
/// Factors are kept in single precision, as everywhere; the device's precision is that of the normal equations. In double
/// factors equal those of the processors' kernels to 1e-4 of the largest, in single, which most GPUs compute many times as
/// fast, to 1e-2: so the tests hold them.
/// </remarks>
internal sealed class TorchDevice(torch.Device place, ScalarType precision) : ITrainingDevice
{
    /// <summary>Numbers in one piece of gathered factors: small enough for caches, or enough to keep a GPU busy.</summary>
    private const long PieceOnProcessors = 1 << 20;
    private const long PieceOnGpu = 1 << 26;

    public string Name => $"torch {place.type.ToString().ToLowerInvariant()} {(precision == ScalarType.Float64 ? "double" : "single")}";

    public bool IsOnProcessors => place.type == DeviceType.CPU;

    /// <summary>Where tensors are.</summary>
    public torch.Device Place => place;

    /// <summary>In what the normal equations are summed and solved.</summary>
    public ScalarType Precision => precision;

    /// <summary>Numbers that are gathered at once, at most, but for a single row of factors.</summary>
    public long PieceNumbers => IsOnProcessors ? PieceOnProcessors : PieceOnGpu;

    public IAlsSteps BeginAls(SparseRows rows, SparseRows columns, float[] tracks, AlsOptions options, CancellationToken cancellationToken)
    {
        UseThreads(options.Threads);
        return new TorchAlsSteps(this, rows, columns, tracks, options, cancellationToken);
    }

    public IRankerTrainer CreateBpr(BprOptions options) => new TorchBprTrainer(this, options);

    /// <summary>Sets the threads of libtorch, for the whole process.</summary>
    /// <param name="threads">0 is one for each processor.</param>
    public static void UseThreads(int threads) => set_num_threads(threads == 0 ? Environment.ProcessorCount : threads);

    /// <summary>Factors as a tensor of single precision.</summary>
    /// <param name="factors">Row-major.</param>
    /// <param name="dimension">d.</param>
    public Tensor MakeFactors(float[] factors, int dimension) => tensor(factors, [factors.Length / dimension, dimension], device: place);

    /// <summary>The numbers of a tensor of single precision, row-major.</summary>
    public static float[] Read(Tensor factors)
    {
        using var here = factors.cpu();
        using var values = here.data<float>();
        return values.ToArray();
    }

    public void Dispose()
    {
        // Tensors belong to trainings.
    }
}
