using Buddies.Engine.Home;

namespace Buddies.Api.Startup;

/// <summary>The experiments of a data directory.</summary>
public static class StoredExperiments
{
    /// <summary>Reads <c>experiments.json</c>; a file that cannot be read stops the server, for half of it would be another experiment.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <returns>None where there is no file.</returns>
    /// <exception cref="FormatException">The file cannot be read.</exception>
    public static IReadOnlyList<HomeExperiment> Read(string dataDirectory)
    {
        var file = Path.Combine(dataDirectory, "experiments.json");
        return File.Exists(file) ? HomeExperiment.Read(File.ReadAllText(file)) : [];
    }
}
