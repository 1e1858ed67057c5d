namespace Buddies.Cli.Postgres;

/// <summary>Finds the programs of a PostgreSQL that is installed on this machine.</summary>
internal static class PostgresBinaries
{
    /// <summary>The folder with <c>initdb</c> and <c>postgres</c>: on the path, or the newest where Debian, Red Hat and macOS put it; null where there is none.</summary>
    public static string? Folder { get; } = Find();

    private static string? Find() => OperatingSystem.IsWindows()
        ? null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Versions("/usr/lib/postgresql", "bin"))
            .Concat(Versions("/usr", "bin", "pgsql-*"))
            .Concat(Versions("/opt/homebrew/opt", "bin", "postgresql@*"))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));

    private static IEnumerable<string> Versions(string root, string below, string pattern = "*") => !Directory.Exists(root)
        ? []
        : Directory.GetDirectories(root, pattern).OrderByDescending(Version).Select(folder => Path.Combine(folder, below));

    private static int Version(string folder) =>
        int.TryParse(string.Concat(Path.GetFileName(folder).Where(char.IsAsciiDigit)), out var version) ? version : 0;
}
