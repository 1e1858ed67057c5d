namespace Buddies.Cli.Server;

/// <summary>What a process has used.</summary>
/// <param name="Cpu">Processor time since its start, all cores together.</param>
/// <param name="ResidentBytes">Memory that it holds now.</param>
/// <param name="PeakResidentBytes">The most that it ever held.</param>
internal readonly record struct ServerUsage(TimeSpan Cpu, long ResidentBytes, long PeakResidentBytes);
