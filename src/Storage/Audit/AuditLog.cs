using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Audit;

/// <summary>An append-only file of what was done with keys: one JSON object a line, each with the hash of the line before.</summary>
/// <remarks>
/// Each process has a file of its own under <c>audit/</c>, held open alone; readers merge them by time. The chain of hashes
/// shows a line that was changed or taken out of the middle; whoever can write the folder can still cut an end off, so
/// ship the files away where that matters. Safe for concurrent use.
/// </remarks>
public sealed class AuditLog : IDisposable
{
    private const int MaxWriters = 100;
    private const int MaxText = 256;

    private readonly Lock _writing = new();
    private readonly FileStream _file;
    private string _previous;

    private AuditLog(FileStream file, string previous)
    {
        _file = file;
        _previous = previous;
    }

    /// <summary>Opens a file that nobody else writes.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="writer">Who writes, such as the machine's name; becomes the file's.</param>
    /// <exception cref="IOException">It cannot be opened, or a hundred others of that name write.</exception>
    public static AuditLog Open(string dataDirectory, string writer)
    {
        ArgumentException.ThrowIfNullOrEmpty(writer);
        var folder = Directory.CreateDirectory(FolderOf(dataDirectory)).FullName;
        for (var i = 1; ; i++)
        {
            var path = Path.Combine(folder, i == 1 ? $"{writer}.ndjson" : $"{writer}-{i}.ndjson");
            try
            {
                var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
                return new AuditLog(file, EndOf(file));
            }
            catch (IOException) when (i < MaxWriters && File.Exists(path))
            {
                // Another process of the same name has it.
            }
        }
    }

    /// <summary>What stands in the log for a listener: the same for the same id, and nothing that gives it away to a reader.</summary>
    /// <remarks>Whoever knows an id can still ask whether it is the one.</remarks>
    public static string Pseudonym(UserId user) => $"listener {Convert.ToHexStringLower(ErasedIds.Hash(user).AsSpan(0, 8))}";

    /// <summary>Appends an entry; durable when it returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Append(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_writing)
        {
            var line = JsonSerializer.SerializeToUtf8Bytes(
                entry with { Target = Short(entry.Target), Who = Short(entry.Who), Previous = _previous }, AuditJson.Default.AuditEntry);
            _file.Write([.. line, (byte)'\n']);
            _file.Flush(flushToDisk: true);
            _previous = Convert.ToHexStringLower(SHA256.HashData(line));
        }
    }

    /// <summary>Reads every file of a data directory.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <returns>Oldest first, and where a chain is broken: file and line.</returns>
    public static (IReadOnlyList<AuditEntry> Entries, IReadOnlyList<string> Broken) Read(string dataDirectory)
    {
        var (entries, broken) = (new List<AuditEntry>(), new List<string>());
        var folder = FolderOf(dataDirectory);
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.ndjson") : [];
        foreach (var path in files.Order(StringComparer.Ordinal))
        {
            var (previous, number) = ("", 0);
            foreach (var line in ReadLines(path))
            {
                number++;
                var entry = Parse(line);
                if (entry is null || entry.Previous != previous)
                {
                    broken.Add($"{Path.GetFileName(path)} line {number}");
                }

                if (entry is not null)
                {
                    entries.Add(entry);
                }

                previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));
            }
        }

        return ([.. entries.OrderBy(entry => entry.At)], broken);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string FolderOf(string dataDirectory) => Path.Combine(dataDirectory, "audit");

    private static string Short(string text) => text.Length > MaxText ? text[..MaxText] : text;

    private static AuditEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AuditJson.Default.AuditEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<string> ReadLines(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>The hash of the last line. A line that a crash cut is ended, so that the next one stands alone; the chain shows it.</summary>
    private static string EndOf(FileStream file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        if (bytes.Length == 0)
        {
            return "";
        }

        if (bytes[^1] != (byte)'\n')
        {
            file.WriteByte((byte)'\n');
            bytes = [.. bytes, (byte)'\n'];
        }

        var start = bytes.AsSpan(0, bytes.Length - 1).LastIndexOf((byte)'\n') + 1;
        return Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(start, bytes.Length - 1 - start)));
    }
}
