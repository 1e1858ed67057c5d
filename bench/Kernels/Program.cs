using BenchmarkDotNet.Running;

namespace Buddies.Bench.Kernels;

/// <summary><c>dotnet run -c Release --project bench/Kernels -- --filter *</c></summary>
public static class Program
{
    public static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
