namespace Buddies.Cli.Devices;

/// <summary>Finds the assembly that computes on libtorch.</summary>
internal static class DeviceLocation
{
    private const string Project = "Training.Torch";
    private const string FileName = $"Buddies.{Project}.dll";

    /// <summary>Where it is.</summary>
    /// <param name="given">What the command line names; null to look in the folder <c>torch</c> beside the tool, then in the sources' build output.</param>
    /// <exception cref="UsageException">There is none; says how to build it.</exception>
    public static string Find(string? given)
    {
        if (given is not null)
        {
            return File.Exists(given)
                ? Path.GetFullPath(given)
                : throw new UsageException($"--torch: there is no file {Path.GetFullPath(given)}.");
        }

        // …/bin/Release/net10.0/: the assembly of the same configuration.
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (folder.Name, folder.Parent?.Name ?? "Release");
        return Candidates(configuration, framework).FirstOrDefault(File.Exists)
            ?? throw new UsageException(
                $"The trainer on libtorch is not built. Build it with: dotnet build -c {configuration} src/{Project} -p:TorchRuntime=cpu (or cuda), or name its {FileName} with --torch PATH.");
    }

    private static IEnumerable<string> Candidates(string configuration, string framework)
    {
        yield return Path.Combine(AppContext.BaseDirectory, "torch", FileName);
        foreach (var start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                yield return Path.Combine(folder.FullName, "src", Project, "bin", configuration, framework, FileName);
            }
        }
    }
}
