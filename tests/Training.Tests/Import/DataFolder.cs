namespace Buddies.Training.Tests.Import;

/// <summary>Where the real datasets are on this machine.</summary>
internal static class DataFolder
{
    private const string Marker = "hetrec-lastfm-2k";

    /// <summary>The folder; null when there is none.</summary>
    public static string? Path { get; } = Find();

    public static string Of(params string[] names) =>
        System.IO.Path.Combine([Path ?? throw new InvalidOperationException("Use [DataFact]."), .. names]);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("BUDDIES_DATA") is { Length: > 0 } named)
        {
            return Directory.Exists(System.IO.Path.Combine(named, Marker)) ? named : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(System.IO.Path.Combine(candidate, Marker)))
            {
                return candidate;
            }
        }

        return null;
    }
}
