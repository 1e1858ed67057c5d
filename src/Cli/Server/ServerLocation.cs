namespace Buddies.Cli.Server;

/// <summary>Finds built programs, which the tool starts as processes of their own.</summary>
internal static class ServerLocation
{
    /// <summary>The server's assembly.</summary>
    /// <param name="given">What the command line names; null to look beside the tool, then in the sources' build output.</param>
    /// <exception cref="UsageException">There is none; says how to build it.</exception>
    public static string Find(string? given) => Find(given, "Api", "--server", "The server", "");

    /// <summary>The silo's assembly. The tool knows no more of it than that it is a program.</summary>
    /// <param name="given">What the command line names; null to look beside the tool, then in the sources' build output.</param>
    /// <exception cref="UsageException">There is none; says how to build it.</exception>
    public static string FindSilo(string? given) => Find(given, "Silo", "--silo", "The silo", " (with the Orleans packages; Buddies.Embedded.slnf leaves it out)");

    private static string Find(string? given, string project, string option, string what, string remark)
    {
        var fileName = $"Buddies.{project}.dll";
        if (given is not null)
        {
            return File.Exists(given)
                ? Path.GetFullPath(given)
                : throw new UsageException($"{option}: there is no file {Path.GetFullPath(given)}.");
        }

        var beside = Path.Combine(AppContext.BaseDirectory, fileName);
        if (File.Exists(beside))
        {
            return beside;
        }

        // …/bin/Release/net10.0/: the program of the same configuration.
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (folder.Name, folder.Parent?.Name ?? "Release");
        return FindInSources(AppContext.BaseDirectory, project, configuration, framework)
            ?? FindInSources(Environment.CurrentDirectory, project, configuration, framework)
            ?? throw new UsageException(
                $"{what} is not built. Build it with: dotnet build -c {configuration} src/{project}{remark}, or name its {fileName} with {option} PATH.");
    }

    private static string? FindInSources(string start, string project, string configuration, string framework)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var sources = Path.Combine(folder.FullName, "src", project);
            if (File.Exists(Path.Combine(sources, $"Buddies.{project}.csproj")))
            {
                var built = Path.Combine(sources, "bin", configuration, framework, $"Buddies.{project}.dll");
                return File.Exists(built) ? built : null;
            }
        }

        return null;
    }
}
