using System.Diagnostics;

namespace Buddies.Api.Tests.Deployment;

/// <summary>Programs of the machine that these tests run where they are installed.</summary>
internal static class Programs
{
    /// <summary>The root of the repository: these tests read its manifests and documents, not copies of them.</summary>
    public static string Root { get; } = FindRoot();

    public static bool Has(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>A file of the repository.</summary>
    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Buddies.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Buddies.sln above {AppContext.BaseDirectory}.");
    }
}

/// <summary>A theory over rendered manifests; says so where nothing renders them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute() => Skip = Programs.Has("kubectl") ? null : "NOT TESTED: there is no kubectl on the path to render the manifests.";
}

/// <summary>A fact that needs Prometheus and promtool; says so where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = Programs.Has("prometheus") && Programs.Has("promtool")
        ? null
        : "NOT TESTED: there is no Prometheus here (prometheus and promtool on the path; Debian: apt-get install prometheus).";
}
