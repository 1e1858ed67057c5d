using System.ComponentModel;
using System.Diagnostics;

namespace Buddies.Cli.Bench;

/// <summary>Runs a program of ours and reads what it prints; its words for people pass through.</summary>
internal static class PeerProcess
{
    /// <summary>Waits for its end; kills it when cancelled.</summary>
    /// <returns>The exit code and stdout.</returns>
    public static async Task<(int ExitCode, string Output)> ReadAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
                await process.WaitForExitAsync(cancellationToken);
                return (process.ExitCode, output);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
        catch (Win32Exception e)
        {
            return (-1, $"{start.FileName} does not start: {e.Message}");
        }
    }
}
