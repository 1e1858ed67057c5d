using System.Diagnostics;
using System.Globalization;
using Buddies.Cli.Server;

namespace Buddies.Cli.Bench.Cluster;

/// <summary>One place in a cluster: a silo with addresses of its own, started again at the same ones, as a container is.</summary>
internal sealed class SiloSlot(int number, string siloPath, BenchStore store) : IAsyncDisposable
{
    private readonly int[] _ports = FreePorts.Find(3);
    private ServerProcess? _process;

    /// <summary>Which, from 0.</summary>
    public int Number => number;

    /// <summary>Where its HTTP is, whether it runs or not.</summary>
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[0]}"));

    /// <summary>The number of its process.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>The last lines that it printed.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        var launch = new ServerLaunch(
            siloPath,
            store.Choice,
            "--cluster", "postgres", "--silo-port", Port(1), "--gateway-port", Port(2), "--Logging:LogLevel:Orleans", "Error", "--Logging:LogLevel:Microsoft.Orleans", "Error");
        _process = ServerProcess.Start(launch, _ports[0]);
        await _process.WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>SIGKILL: no handler, no farewell.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>SIGTERM, and waits for its end.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> StopAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await _process!.StopAsync(cancellationToken);
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>What it has used so far.</summary>
    public ServerUsage ReadUsage() => _process!.ReadUsage();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    private string Port(int which) => _ports[which].ToString(CultureInfo.InvariantCulture);
}
