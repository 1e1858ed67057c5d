using System.Globalization;
using Buddies.Cli.Server;

namespace Buddies.Cli.Bench.Swap;

/// <summary>What a server holds while versions are exchanged in it, looked at again and again.</summary>
/// <remarks>
/// Resident memory goes up and down without any swap: a heap fills and is collected. And the first swaps of a process compile what swaps
/// run. So there are two figures: all that there ever was, from what there was at the moment before the first swap on; and what later
/// swaps add to the most that the same load takes without one.
/// </remarks>
internal sealed class SwapMemory(ServerProcess server) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new() { BaseAddress = server.Url };
    private readonly long[] _most = new long[Enum.GetValues<SwapPhase>().Length];
    private volatile int _phase;

    /// <summary>What is going on.</summary>
    public SwapPhase Phase
    {
        get => (SwapPhase)_phase;
        set => _phase = (int)value;
    }

    /// <summary>Resident at the moment before the first swap.</summary>
    public long QuietBytes { get; private set; }

    /// <summary>The most that was resident since.</summary>
    public long PeakBytes => _most.Max();

    /// <summary>What the version takes that serves before the first swap, by the server's own count.</summary>
    public long VersionBytes { get; private set; }

    /// <summary>All that the swaps added at most, over two versions: 1.2 is what they may.</summary>
    public double Ratio => (PeakBytes - (QuietBytes - VersionBytes)) / (2.0 * VersionBytes);

    /// <summary>What the current version and the former one take before the swaps that are not the first, by the server's own count.</summary>
    public long TwoVersionsBytes { get; private set; }

    /// <summary>The most that was resident in a phase.</summary>
    public long MostIn(SwapPhase phase) => _most[(int)phase];

    /// <summary>The same ratio for the swaps that are not the first: over the most without a swap, when there are two versions already.</summary>
    public double SettledRatio =>
        (MostIn(SwapPhase.Swapping) - (MostIn(SwapPhase.Quiet) - TwoVersionsBytes)) / (double)TwoVersionsBytes;

    /// <summary>Takes note of what there is before the first swap.</summary>
    public async Task NoteBeforeAsync(CancellationToken cancellationToken)
    {
        VersionBytes = await ReadVersionBytesAsync(cancellationToken);
        QuietBytes = server.ReadUsage().ResidentBytes;
    }

    /// <summary>Takes note of what the versions take after the first swaps.</summary>
    public async Task NoteTwoAsync(CancellationToken cancellationToken) => TwoVersionsBytes = await ReadVersionBytesAsync(cancellationToken);

    /// <summary>Takes note of the most in each phase until it is told to end.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                ref var most = ref _most[_phase];
                most = Math.Max(most, server.ReadUsage().ResidentBytes);
                await Task.Delay(s_pause, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The swaps are over.
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>All versions that there are.</summary>
    private async Task<long> ReadVersionBytesAsync(CancellationToken cancellationToken)
    {
        const string Name = "buddies_version_memory_bytes{";
        var text = await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken);
        var bytes = text.Split('\n').Where(line => line.StartsWith(Name, StringComparison.Ordinal))
            .Sum(line => (long)double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
        return bytes > 0 ? bytes : throw new IOException($"The server's metrics lack {Name[..^1]}.");
    }
}
