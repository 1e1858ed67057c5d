using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Buddies.Storage;

namespace Buddies.Grains.Tests.Processes;

/// <summary>A silo, or a client of the cluster, in a process of its own, as <c>dotnet run --project src/Silo -- --cluster postgres</c> starts it.</summary>
internal sealed class SiloProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(ProcessStartInfo start, Uri url)
    {
        Url = url;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException($"The silo has ended:\n{Log}"));
    }

    /// <summary>Where it answers.</summary>
    public Uri Url { get; }

    /// <summary>What it has printed.</summary>
    public string Log => string.Join('\n', _lines);

    /// <summary>Starts one, and waits until it serves.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="connection">Where the silos meet.</param>
    /// <param name="more">Further options.</param>
    public static Task<SiloProcess> StartAsync(string directory, string connection, params string[] more) =>
        StartAsync(directory, connection, [], more);

    /// <summary>Starts one, and waits until it serves.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="connection">Where the silos meet.</param>
    /// <param name="environment">Variables of its environment.</param>
    /// <param name="more">Further options.</param>
    public static async Task<SiloProcess> StartAsync(string directory, string connection, IEnumerable<(string Name, string Value)> environment, string[] more)
    {
        return await StartAsync(["dotnet"], "127.0.0.1", directory, connection, environment, more);
    }

    /// <summary>Starts one somewhere else, and waits until it serves.</summary>
    /// <param name="program">What runs it there, in words.</param>
    /// <param name="address">Where others reach it.</param>
    /// <param name="directory">The data directory.</param>
    /// <param name="connection">Where the silos meet.</param>
    /// <param name="environment">Variables of its environment.</param>
    /// <param name="more">Further options.</param>
    public static async Task<SiloProcess> StartAsync(
        string[] program, string address, string directory, string connection, IEnumerable<(string Name, string Value)> environment, string[] more)
    {
        var ports = FreePorts(3);
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{address}:{ports[0]}"));
        string[] arguments =
        [
            .. program[1..],
            Path.Combine(AppContext.BaseDirectory, "Buddies.Silo.dll"), "--cluster", "postgres", "--data", directory, "--urls", url.ToString(), "--advertise", address,
            "--silo-port", ports[1].ToString(CultureInfo.InvariantCulture), "--gateway-port", ports[2].ToString(CultureInfo.InvariantCulture),
            .. more,
        ];
        var start = new ProcessStartInfo(program[0], arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[StoreChoice.ConnectionVariable] = connection;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var silo = new SiloProcess(start, url);
        silo._process.Start();
        silo._process.BeginOutputReadLine();
        silo._process.BeginErrorReadLine();
        await silo._listening.Task.WaitAsync(TimeSpan.FromMinutes(3));
        return silo;
    }

    /// <summary>SIGKILL: no farewell, no checkpoint.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM: it is asked to stop in order.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("-TERM");
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>SIGSTOP: it stands still; its connections stay, and nobody is answered.</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>SIGCONT: it goes on as if no time had passed.</summary>
    public Task ThawAsync() => SignalAsync("-CONT");

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    // The HTTP surface comes up last of all, once the silo is a member and has caught up.
    private void Read(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
            if (line.Contains("Now listening on", StringComparison.Ordinal))
            {
                _listening.TrySetResult();
            }
        }
    }

    /// <summary>Ports that nobody listens on, below those that the system gives to outgoing connections: between here and the silo's start one of these could take it.</summary>
    private static int[] FreePorts(int count)
    {
        const int First = 15_000;
        const int Last = 32_000;
        var ports = new HashSet<int>();
        while (ports.Count < count)
        {
            var port = Random.Shared.Next(First, Last);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                ports.Add(port);
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }

        return [.. ports];
    }
}
