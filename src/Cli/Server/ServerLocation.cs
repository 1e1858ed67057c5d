namespace Buddies.Cli.Server;

/// <summary>Finds the built server, which the tool starts as a process of its own.</summary>
internal static class ServerLocation
{
    private const string FileName = "Buddies.Api.dll";

    /// <summary>The server's assembly.</summary>
    /// <param name="given">What the command line names; null to look beside the tool, then in the sources' build output.</param>
    /// <exception cref="UsageException">There is none; says how to build it.</exception>
    public static string Find(string? given)
    {
        if (given is not null)
        {
            return File.Exists(given)
                ? Path.GetFullPath(given)
                : throw new UsageException($"--server: there is no file {Path.GetFullPath(given)}.");
        }

        var beside = Path.Combine(AppContext.BaseDirectory, FileName);
        if (File.Exists(beside))
        {
            return beside;
        }

        // …/bin/Release/net10.0/: the server of the same configuration.
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (folder.Name, folder.Parent?.Name ?? "Release");
        return FindInSources(AppContext.BaseDirectory, configuration, framework)
            ?? FindInSources(Environment.CurrentDirectory, configuration, framework)
            ?? throw new UsageException(
                $"The server is not built. Build it with: dotnet build -c {configuration} src/Api, or name its {FileName} with --server PATH.");
    }

    private static string? FindInSources(string start, string configuration, string framework)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var project = Path.Combine(folder.FullName, "src", "Api");
            if (File.Exists(Path.Combine(project, "Buddies.Api.csproj")))
            {
                var built = Path.Combine(project, "bin", configuration, framework, FileName);
                return File.Exists(built) ? built : null;
            }
        }

        return null;
    }
}
