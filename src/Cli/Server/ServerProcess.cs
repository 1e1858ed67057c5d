using System.ComponentModel;
using System.Diagnostics;
using Buddies.Storage;

namespace Buddies.Cli.Server;

/// <summary>The product's server in a process of its own, which can be measured, stopped in order, and killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_longestStart = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly HttpClient _probe;
    private readonly LastLines _output = new(60);

    private ServerProcess(Process process, Uri url)
    {
        (_process, Url) = (process, url);
        _probe = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(30) };
        process.OutputDataReceived += (_, line) => _output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => _output.Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Its number in the system.</summary>
    public int Id => _process.Id;

    /// <summary>The last lines that it printed.</summary>
    public string Output => _output.ToString();

    /// <summary>Whether it is still there.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>Starts a server and does not wait for it.</summary>
    /// <param name="launch">Which, on what.</param>
    /// <param name="port">Where it is to listen; null for any port.</param>
    public static ServerProcess Start(ServerLaunch launch, int? port = null)
    {
        var url = new Uri($"http://127.0.0.1:{port ?? FreePorts.Find(1)[0]}");
        var isAssembly = launch.ServerPath.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(isAssembly ? "dotnet" : launch.ServerPath)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "--data", launch.Store.DataDirectory, "--store", launch.Store.Kind, "--urls", url.ToString().TrimEnd('/'), "--crowd", "off", .. launch.Options,
        ];
        foreach (var argument in isAssembly ? ["exec", launch.ServerPath, .. arguments] : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // It may hold a password, and command lines are for everybody to read.
        start.Environment.Remove(StoreChoice.ConnectionVariable);
        if (launch.Store.Connection is { } connection)
        {
            start.Environment[StoreChoice.ConnectionVariable] = connection;
        }

        foreach (var (name, value) in launch.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return new ServerProcess(Process.Start(start)!, url);
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{start.FileName} does not start: {e.Message}", e);
        }
    }

    /// <summary>Starts a server and waits until it serves.</summary>
    public static async Task<ServerProcess> StartReadyAsync(ServerLaunch launch, CancellationToken cancellationToken)
    {
        var server = Start(launch);
        try
        {
            await server.WaitUntilReadyAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the readiness probe says yes.</summary>
    /// <exception cref="IOException">The server has ended, or takes longer than five minutes.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync(cancellationToken))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > s_longestStart)
            {
                throw new IOException($"The server {(_process.HasExited ? $"ended with exit code {_process.ExitCode}" : "is not ready")}:{Environment.NewLine}{Output}");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>What the process has used so far.</summary>
    public ServerUsage ReadUsage()
    {
        _process.Refresh();
        return new ServerUsage(_process.TotalProcessorTime, _process.WorkingSet64, _process.PeakWorkingSet64);
    }

    /// <summary>SIGKILL: no handler, no last checkpoint.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM: the server is asked to stop in order; does not wait for it.</summary>
    public async Task TerminateAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Stops in order, the last checkpoints written.</summary>
    /// <exception cref="IOException">It ended with a failure.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await TerminateAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        if (_process.ExitCode != 0)
        {
            throw new IOException($"The server stopped with exit code {_process.ExitCode}:{Environment.NewLine}{Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        _process.Dispose();
        _probe.Dispose();
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _probe.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // It does not listen yet.
        }
    }

    private void KillAtExit(object? sender, EventArgs e)
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
    }
}
