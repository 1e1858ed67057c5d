using Buddies.Training.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Buddies.Training.Torch;

/// <summary>Opens <see cref="TorchDevice"/>s; what the tool looks for in this assembly.</summary>
public sealed class TorchDeviceFactory : ITrainingDeviceFactory
{
    private const string Auto = "auto";

    /// <inheritdoc/>
    public ITrainingDevice Open(string place, string precision)
    {
        ArgumentException.ThrowIfNullOrEmpty(place);
        var type = precision switch
        {
            "double" => ScalarType.Float64,
            "single" => ScalarType.Float32,
            _ => throw new ArgumentException($"Expected double or single, got '{precision}'.", nameof(precision)),
        };
        var kind = place.Split(':')[0];
        if (kind is not (Auto or "cpu" or "cuda"))
        {
            throw new ArgumentException($"Expected auto, cpu, cuda or cuda:N, got '{place}'.", nameof(place));
        }

        TorchLibrary.Load();
        var hasGpu = cuda.is_available();
        return (kind, hasGpu) switch
        {
            ("cuda", false) => throw new TrainingException("There is no GPU that this libtorch can use."),
            (Auto, _) => new TorchDevice(device(hasGpu ? "cuda" : "cpu"), type),
            _ => new TorchDevice(OpenPlace(place), type),
        };
    }

    private static torch.Device OpenPlace(string place)
    {
        var index = 0;
        if (place.Contains(':', StringComparison.Ordinal) && !(int.TryParse(place.Split(':', 2)[1], out index) && index >= 0))
        {
            throw new ArgumentException($"Expected a number after the colon, got '{place}'.", nameof(place));
        }

        var isGpu = place.StartsWith("cuda", StringComparison.Ordinal);
        return index > (isGpu ? cuda.device_count() - 1 : 0)
            ? throw new TrainingException($"There is no {place} here.")
            : device(isGpu ? DeviceType.CUDA : DeviceType.CPU, isGpu ? index : -1);
    }
}
