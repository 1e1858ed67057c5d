using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Buddies.Api.Tests.Crash;

/// <summary>The built server in a process of its own, so that it can be killed.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ServerProcess(string dataDirectory, int port, string[] options)
    {
        var server = Path.Combine(AppContext.BaseDirectory, "Buddies.Api.dll");
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
        _process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            ["exec", server, "--data", dataDirectory, "--urls", $"http://127.0.0.1:{port}", "--crowd", "off", .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public HttpClient Client { get; }

    /// <summary>Starts the server and waits until it serves.</summary>
    public static async Task<ServerProcess> StartAsync(string dataDirectory, params string[] options)
    {
        var server = new ServerProcess(dataDirectory, FreePort(), options);
        for (var i = 0; ; i++)
        {
            Assert.True(i < 400 && !server._process.HasExited, $"the server is not ready:\n{server.Output}");
            try
            {
                using var ready = await server.Client.GetAsync("/health/ready");
                if (ready.IsSuccessStatusCode)
                {
                    return server;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Starts a server that is to stop by itself with exit code 1.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RefusedAsync(string dataDirectory, params string[] options)
    {
        using var server = new ServerProcess(dataDirectory, FreePort(), options);
        await server._process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(server._process.ExitCode == 1, $"exit code {server._process.ExitCode}:\n{server.Output}");
        return server.Output;
    }

    /// <summary>SIGKILL: no handler, no last checkpoint.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        Client.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
