using System.Diagnostics;
using System.Text;

namespace Buddies.Cli.Tests.Train;

/// <summary>The built tool in a process of its own, so that it can be killed.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    public ToolProcess(params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            ["exec", Path.Combine(AppContext.BaseDirectory, "buddies.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        _process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code, and what it wrote to stderr.</returns>
    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync();
        return (_process.ExitCode, _errors.ToString());
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
