using System.Diagnostics;
using System.Globalization;

namespace Buddies.Cli.Postgres;

/// <summary>A PostgreSQL of our own: in a temporary folder, on a socket in that folder, stopped whatever happens to us.</summary>
/// <remarks>PostgreSQL refuses to run as root; then the user <c>postgres</c> runs it.</remarks>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    // A shell holds the server. When our end of its input closes, be it that we were killed, it stops the server and takes
    // the folder away; a line on its input says that the server is to start again. INT is the fast shutdown; a server that
    // has hardly begun does not hear it yet, but hears TERM.
    private const string Hold = """
        "$0" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=$2 -c max_connections=300 >>"$1/log" 2>&1 &
        read -r line; kill -INT $! 2>/dev/null; kill -TERM $! 2>/dev/null; wait $!; test -n "$line" || rm -rf "$1"
        """;

    private static readonly bool s_isRoot = Environment.UserName == "root";

    private readonly DirectoryInfo _folder;
    private readonly bool _fsync;
    private Process? _holder;

    private PrivatePostgres(DirectoryInfo folder, bool fsync) => (_folder, _fsync) = (folder, fsync);

    public string ConnectionString => $"Host={_folder.FullName};Username=buddies;Database=postgres;Include Error Detail=true";

    /// <summary>Makes a cluster and starts it.</summary>
    /// <param name="fsync">Whether it syncs; a killed process loses nothing without, a killed machine would.</param>
    public static async Task<PrivatePostgres> StartAsync(bool fsync)
    {
        var server = new PrivatePostgres(Directory.CreateTempSubdirectory("buddies-pg-"), fsync);
        try
        {
            if (s_isRoot)
            {
                await RunAsync("chown", "postgres", server._folder.FullName);
            }

            var (program, arguments) = AsUser(
                Program("initdb"), "-D", Path.Combine(server._folder.FullName, "data"), "-U", "buddies", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
            await RunAsync(program, arguments);
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it where it was stopped or killed.</summary>
    public async Task StartAsync()
    {
        // Right after a kill it may refuse, for the last of its processes are still there.
        for (var attempt = 0; attempt < 10; attempt++)
        {
            StartHolder();
            for (var i = 0; i < 40; i++)
            {
                if (await AnswersAsync())
                {
                    return;
                }

                await Task.Delay(100);
            }

            await EndHolderAsync(keep: true);
        }

        throw new IOException($"PostgreSQL does not start: {await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "log"))}");
    }

    /// <summary>SIGKILL to the postmaster: no shutdown, no checkpoint; its other processes see it and die.</summary>
    public async Task KillAsync()
    {
        using var postmaster = Process.GetProcessById(Pid());
        postmaster.Kill();
        await EndHolderAsync(keep: true);
    }

    public async ValueTask DisposeAsync()
    {
        await EndHolderAsync(keep: false);
        _folder.Refresh();
        if (_folder.Exists)
        {
            _folder.Delete(recursive: true);
        }
    }

    private static string Program(string name) => Path.Combine(PostgresBinaries.Folder!, name);

    private static (string Program, string[] Arguments) AsUser(params string[] command) =>
        s_isRoot ? ("runuser", ["-u", "postgres", "--", .. command]) : (command[0], command[1..]);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new IOException($"{program} failed: {await error}{await output}");
        }
    }

    private void StartHolder()
    {
        var (program, arguments) = AsUser("sh", "-c", Hold, Program("postgres"), _folder.FullName, _fsync ? "on" : "off");
        _holder = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, WorkingDirectory = "/" });
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new Npgsql.NpgsqlConnection(ConnectionString + ";Pooling=false;Timeout=2");
            await connection.OpenAsync();
            return true;
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or TimeoutException)
        {
            return false;
        }
    }

    private async Task EndHolderAsync(bool keep)
    {
        if (_holder is null)
        {
            return;
        }

        if (keep)
        {
            await _holder.StandardInput.WriteLineAsync("keep");
        }

        _holder.StandardInput.Close();
        await _holder.WaitForExitAsync();
        _holder.Dispose();
        _holder = null;
    }

    private int Pid() => int.Parse(
        File.ReadLines(Path.Combine(_folder.FullName, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
}
