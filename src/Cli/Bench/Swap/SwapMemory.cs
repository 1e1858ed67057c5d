using System.Globalization;
using Buddies.Cli.Server;

namespace Buddies.Cli.Bench.Swap;

/// <summary>What a server holds while versions are exchanged in it, looked at again and again.</summary>
internal sealed class SwapMemory(ServerProcess server) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new() { BaseAddress = server.Url };

    /// <summary>Resident before the first swap.</summary>
    public long QuietBytes { get; private set; }

    /// <summary>The most that was resident since.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>What the version takes that serves before the first swap, by the server's own count.</summary>
    public long VersionBytes { get; private set; }

    /// <summary>All that the swaps added at most, over two versions: 1.2 is what they may.</summary>
    public double Ratio => (PeakBytes - (QuietBytes - VersionBytes)) / (2.0 * VersionBytes);

    /// <summary>Takes note of what there is before the first swap, and of the most from then on.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        VersionBytes = await ReadVersionBytesAsync(cancellationToken);
        QuietBytes = PeakBytes = server.ReadUsage().ResidentBytes;
        try
        {
            while (true)
            {
                await Task.Delay(s_pause, cancellationToken);
                PeakBytes = Math.Max(PeakBytes, server.ReadUsage().ResidentBytes);
            }
        }
        catch (OperationCanceledException)
        {
            // The swaps are over.
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<long> ReadVersionBytesAsync(CancellationToken cancellationToken)
    {
        const string Name = "buddies_version_memory_bytes{";
        var text = await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken);
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal))
            ?? throw new IOException($"The server's metrics lack {Name[..^1]}.");
        return (long)double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
