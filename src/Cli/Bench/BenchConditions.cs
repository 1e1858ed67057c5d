using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Buddies.Cli.Bench;

/// <summary>Under which conditions a run has measured.</summary>
/// <param name="Cpu">The processor's name.</param>
/// <param name="Cores">Logical processors of this process.</param>
/// <param name="VectorBits">The widest vectors that the runtime uses.</param>
/// <param name="Runtime">.NET and operating system.</param>
/// <param name="Date">When, UTC.</param>
/// <param name="Dimension">d.</param>
/// <param name="K">Buddies in a list.</param>
/// <param name="Moves">The most moves in a phase.</param>
/// <param name="Seconds">The longest that a phase took.</param>
/// <param name="Seed">Of the worlds.</param>
/// <param name="MoveCosines">For each size, the mean cosine between a mover's old and new vector.</param>
internal sealed record BenchConditions(
    string Cpu,
    int Cores,
    int VectorBits,
    string Runtime,
    DateTimeOffset Date,
    int Dimension,
    int K,
    int Moves,
    double Seconds,
    int Seed,
    IReadOnlyDictionary<string, double> MoveCosines)
{
    public static BenchConditions Of(BuddyBenchOptions options, IReadOnlyDictionary<string, double> moveCosines) => new(
        CpuName(),
        Environment.ProcessorCount,
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0,
        $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}",
        TimeProvider.System.GetUtcNow(),
        options.Dimension,
        options.K,
        options.Moves,
        options.Seconds,
        options.Seed,
        moveCosines);

    public static string CpuName()
    {
        const string Cpuinfo = "/proc/cpuinfo";
        var line = File.Exists(Cpuinfo) ? File.ReadLines(Cpuinfo).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
