using System.Diagnostics;

namespace Buddies.Cli.Bench;

/// <summary>A peer's driver.</summary>
/// <param name="Name">What its rows are called when it is absent.</param>
/// <param name="Path">The program.</param>
/// <param name="Absent">Why there is none; null if there is.</param>
internal sealed record PeerDriver(string Name, string Path, string? Absent);

/// <summary>Builds the drivers in <c>bench/peers</c>.</summary>
internal static class PeerDrivers
{
    private const string Script = "build.sh";
    private static readonly string[] s_names = ["hnswlib", "faiss_ivf"];

    /// <summary>Looks for the sources from the working directory upwards.</summary>
    public static string? FindSources()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var peers = Path.Combine(folder.FullName, "bench", "peers");
            if (File.Exists(Path.Combine(peers, Script)))
            {
                return peers;
            }
        }

        return null;
    }

    /// <summary>Runs the script; what it could not build is absent with its reason.</summary>
    public static async Task<IReadOnlyList<PeerDriver>> BuildAsync(string? folder, CancellationToken cancellationToken)
    {
        if (folder is null)
        {
            return [.. s_names.Select(name => new PeerDriver(name, "", $"no bench/peers/{Script} in or above {Environment.CurrentDirectory}; see --peers-dir"))];
        }

        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(folder, Script));
        var said = await PeerProcess.ReadAsync(start, cancellationToken);
        return [.. s_names.Select(name =>
        {
            // "NAME: built PATH" or "NAME: absent: WHY".
            var line = said.Output.Split('\n').FirstOrDefault(text => text.StartsWith($"{name}: ", StringComparison.Ordinal))?[(name.Length + 2)..].Trim();
            const string Built = "built ";
            return line?.StartsWith(Built, StringComparison.Ordinal) == true
                ? new PeerDriver(name, line[Built.Length..], null)
                : new PeerDriver(name, "", line ?? $"{Script} said nothing about it");
        })];
    }
}
