namespace Buddies.Training.Import;

/// <summary>Finds and opens a dataset's files, and says clearly what is missing.</summary>
internal static class DatasetPath
{
    /// <summary>Opens a file for reading from start to end.</summary>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException($"Cannot open '{path}': {e.Message}", innerException: e);
        }
    }

    /// <summary>Checks that a folder has the files.</summary>
    public static void RequireFolder(string path, string dataset, params string[] files)
    {
        if (!Directory.Exists(path))
        {
            throw new ImportException(File.Exists(path)
                ? $"{dataset}: expected a folder with {string.Join(", ", files)}; '{path}' is a file."
                : $"{dataset}: there is no folder '{path}'.");
        }

        var missing = files.Where(file => !File.Exists(Path.Combine(path, file))).ToArray();
        if (missing.Length > 0)
        {
            throw new ImportException($"{dataset}: '{path}' lacks {string.Join(", ", missing)}.");
        }
    }

    /// <summary>Checks that a file is there.</summary>
    public static void RequireFile(string path, string dataset)
    {
        if (!File.Exists(path))
        {
            throw new ImportException(Directory.Exists(path)
                ? $"{dataset}: expected a file; '{path}' is a folder."
                : $"{dataset}: there is no file '{path}'.");
        }
    }

    /// <summary>The length of files together, in bytes.</summary>
    public static long Length(params IEnumerable<string> paths) => paths.Sum(path => new FileInfo(path).Length);
}
