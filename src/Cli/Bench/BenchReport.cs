namespace Buddies.Cli.Bench;

/// <summary>What one run has measured.</summary>
/// <param name="Conditions">Under which conditions.</param>
/// <param name="Rows">One for each engine and size.</param>
internal sealed record BenchReport(BenchConditions Conditions, IReadOnlyList<BenchRow> Rows);
