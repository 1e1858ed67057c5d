using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Home;

/// <summary>
/// Where one silo writes what it logs of Home, beside the others that share a data directory: <c>impressions/silo-N</c> and
/// <c>experiments/silo-N</c>. Held by a lock of the system, which goes with the process however it ends; numbers are taken
/// again, so there are never more folders than silos ran beside each other.
/// </summary>
public sealed class SiloFolder : IDisposable
{
    private const string Prefix = "silo-";
    private const string Pattern = "*.ndjson";
    private const int Most = 10_000;

    private readonly FileStream _lock;

    private SiloFolder(string dataDirectory, string name, FileStream held)
    {
        (Name, _lock) = (name, held);
        (Impressions, Experiments) = (ImpressionsOf(dataDirectory, name), ExperimentsOf(dataDirectory, name));
    }

    /// <summary>The name of both folders.</summary>
    public string Name { get; }

    /// <summary>Where impressions are logged.</summary>
    public string Impressions { get; }

    /// <summary>Where exposures are logged.</summary>
    public string Experiments { get; }

    /// <summary>Takes the first one that nobody holds.</summary>
    public static SiloFolder Take(string dataDirectory)
    {
        for (var number = 1; number <= Most; number++)
        {
            var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Prefix}{number}");
            if (TryHold(dataDirectory, name) is { } held)
            {
                return new SiloFolder(dataDirectory, name, held);
            }
        }

        throw new IOException($"No folder in {Path.Combine(dataDirectory, "impressions")} can be locked.");
    }

    /// <summary>A listener's lines in the files of all silos, and of a one-process server that used the directory before; the oldest file first.</summary>
    /// <returns>Of the pages that were sent, and of the cards whose rewards are in.</returns>
    public static async Task<(IReadOnlyList<string> Shown, IReadOnlyList<string> Rewarded)> ReadAsync(string dataDirectory, UserId user) =>
        (await ReadAsync(dataDirectory, user, "shown-").ConfigureAwait(false), await ReadAsync(dataDirectory, user, "rewarded-").ConfigureAwait(false));

    /// <summary>An experiment's logs, of all silos, and of a one-process server that used the directory before.</summary>
    public static IReadOnlyList<string> FilesOf(string dataDirectory, HomeExperiment experiment) =>
        [.. Names(dataDirectory).Prepend("").Select(name => ExperimentDesk.FileIn(ExperimentsOf(dataDirectory, name), experiment)).Where(File.Exists)];

    /// <summary>Takes a listener out of the files of those who do not run any more.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="user">Whom.</param>
    /// <param name="playlists">Playlists of the listener, whose names go too.</param>
    /// <param name="done">Folders whose owners have done it.</param>
    /// <param name="withRoot">Whether those of a one-process server are among them.</param>
    /// <returns>Folders that somebody else holds who has not: there it is still to be done.</returns>
    public static async Task<IReadOnlyList<string>> EraseUnheldAsync(
        string dataDirectory, UserId user, IReadOnlyCollection<PlaylistId> playlists, IReadOnlySet<string> done, bool withRoot)
    {
        var held = new List<string>();
        foreach (var name in withRoot ? Names(dataDirectory).Prepend("") : Names(dataDirectory))
        {
            if (done.Contains(name) && name.Length > 0)
            {
                continue;
            }

            using var mine = TryHold(dataDirectory, name);
            if (mine is null)
            {
                held.Add(name);
                continue;
            }

            foreach (var folder in new[] { ImpressionsOf(dataDirectory, name), ExperimentsOf(dataDirectory, name) }.Where(Directory.Exists))
            {
                foreach (var file in Directory.GetFiles(folder, Pattern))
                {
                    await LogLines.EraseAsync(file, user, playlists).ConfigureAwait(false);
                }
            }
        }

        return held;
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static async Task<List<string>> ReadAsync(string dataDirectory, UserId user, string prefix)
    {
        var lines = new List<string>();
        var files = Names(dataDirectory).Prepend("").Select(name => ImpressionsOf(dataDirectory, name)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, prefix + Pattern));
        foreach (var file in files.OrderBy(Path.GetFileName, StringComparer.Ordinal))
        {
            try
            {
                lines.AddRange(await LogLines.ReadAsync(file, user).ConfigureAwait(false));
            }
            catch (FileNotFoundException)
            {
                // The oldest of a silo's files has just given way.
            }
        }

        return lines;
    }

    /// <returns>Null where somebody else holds it.</returns>
    private static FileStream? TryHold(string dataDirectory, string name)
    {
        var folder = ImpressionsOf(dataDirectory, name);
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Names(string dataDirectory)
    {
        var root = Path.Combine(dataDirectory, "impressions");
        return Directory.Exists(root) ? Directory.GetDirectories(root, Prefix + "*").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal) : [];
    }

    private static string ImpressionsOf(string dataDirectory, string name) => Path.Combine(dataDirectory, "impressions", name);

    private static string ExperimentsOf(string dataDirectory, string name) => Path.Combine(dataDirectory, "experiments", name);
}
