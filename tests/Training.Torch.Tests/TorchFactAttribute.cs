namespace Buddies.Training.Torch.Tests;

/// <summary>A test that needs libtorch; without it, it is skipped and says so.</summary>
public sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute() => Skip = TorchHere.Absent;
}

/// <summary>The same of a theory.</summary>
public sealed class TorchTheoryAttribute : TheoryAttribute
{
    public TorchTheoryAttribute() => Skip = TorchHere.Absent;
}

/// <summary>Whether libtorch is here.</summary>
internal static class TorchHere
{
    /// <summary>Null where it is.</summary>
    public static string? Absent { get; } = Look();

    private static string? Look()
    {
        if (TorchLibrary.TryLoad())
        {
            return null;
        }

        Console.Error.WriteLine("Buddies.Training.Torch.Tests: every test of libtorch is SKIPPED: it is not here. Set TorchRuntime=cpu to bring it along (CONTRIBUTING.md).");
        return "NOT TESTED: libtorch is not here. Build with -p:TorchRuntime=cpu, or install one that fits (CONTRIBUTING.md).";
    }
}
