using System.Diagnostics;

namespace Buddies.Cli;

/// <summary>Prints the steps of a long work on stderr, each with the time since the start.</summary>
internal sealed class StepDisplay : IProgress<string>
{
    private readonly long _started = Stopwatch.GetTimestamp();

    public void Report(string value) => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(_started):hh\\:mm\\:ss}  {value}");
}
