using System.Runtime.InteropServices;

namespace Buddies.Cli.Bench;

/// <summary>On what a run has measured.</summary>
/// <param name="Cpu">The processor's name.</param>
/// <param name="Cores">Logical processors of this process; producers and server share them.</param>
/// <param name="Runtime">.NET and operating system.</param>
/// <param name="Date">When, UTC.</param>
/// <param name="Store">What kept the events.</param>
/// <param name="Server">The server's assembly.</param>
internal sealed record MachineConditions(string Cpu, int Cores, string Runtime, DateTimeOffset Date, string Store, string Server)
{
    public static MachineConditions Of(string store, string server) => new(
        BenchConditions.CpuName(),
        Environment.ProcessorCount,
        $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}",
        TimeProvider.System.GetUtcNow(),
        store,
        server);
}
