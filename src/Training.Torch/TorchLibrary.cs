using System.Runtime.InteropServices;
using TorchSharp;

namespace Buddies.Training.Torch;

/// <summary>The native side: libtorch, and the shim through which TorchSharp calls it.</summary>
internal static class TorchLibrary
{
    private const string Shim = "LibTorchSharp";

    /// <summary>Loads both, or says how to get them.</summary>
    /// <remarks>
    /// TorchSharp would load them by itself, but where they are missing it writes a page onto stdout, which belongs to
    /// results. The GPU's half goes first where there is one: it registers itself with the other.
    /// </remarks>
    /// <exception cref="TrainingException">They are not here.</exception>
    public static void Load()
    {
        if (!TryLoad())
        {
            throw new TrainingException(
                "libtorch is not here. Build src/Training.Torch with -p:TorchRuntime=cpu or -p:TorchRuntime=cuda, which brings it along, or put one that fits TorchSharp's version where the system looks for libraries.");
        }
    }

    /// <summary>Whether both are here.</summary>
    public static bool TryLoad()
    {
        var assembly = typeof(torch).Assembly;
        NativeLibrary.TryLoad("torch_cuda", assembly, null, out _);
        NativeLibrary.TryLoad("torch_cpu", assembly, null, out _);
        return NativeLibrary.TryLoad(Shim, assembly, null, out _);
    }
}
