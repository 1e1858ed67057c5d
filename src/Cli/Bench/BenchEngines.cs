namespace Buddies.Cli.Bench;

/// <summary>An engine that the tool can measure.</summary>
/// <param name="Name">What <c>--engine</c> and the rows call it.</param>
/// <param name="Create">Makes an empty one.</param>
/// <param name="WhyNot">Why it cannot run a setup; null if it can.</param>
internal sealed record BenchEngine(string Name, Func<IBuddyBenchEngine> Create, Func<BenchSetup, string?> WhyNot);

/// <summary>The engines that are ours.</summary>
internal static class BenchEngines
{
    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<BenchEngine> All { get; } =
    [
        new("cells", () => new CellsBenchEngine(), CellsBenchEngine.WhyNot),
        new("exact", () => new ExactBenchEngine(), ExactBenchEngine.WhyNot),
    ];

    /// <summary>Finds engines by name.</summary>
    /// <param name="names">Names with commas between; null for all.</param>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static IReadOnlyList<BenchEngine> Named(string? names) => names is null
        ? All
        : [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name =>
            All.FirstOrDefault(engine => engine.Name == name)
            ?? throw new UsageException($"--engine: expected {string.Join(", ", All.Select(engine => engine.Name))}, got '{name}'."))];
}
