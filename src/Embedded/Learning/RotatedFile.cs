using System.Globalization;
using System.Text;
using System.Text.Json;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Learning;

/// <summary>A log in files of limited size, the oldest of which are deleted. One user at a time.</summary>
/// <param name="folder">Where.</param>
/// <param name="name">What the files' names begin with.</param>
/// <param name="options">How large and how many.</param>
/// <param name="time">Names the files.</param>
internal sealed class RotatedFile(string folder, string name, HomeOptions options, TimeProvider time)
{
    private StreamWriter? _writer;
    private string? _last;

    /// <summary>Lines that belong together stay in one file.</summary>
    public async Task WriteAsync(IEnumerable<string> lines)
    {
        if (_writer is { BaseStream.Position: var written } && written >= options.LogFileBytes)
        {
            await CloseAsync().ConfigureAwait(false);
        }

        _writer ??= Open();
        foreach (var line in lines)
        {
            await _writer.WriteLineAsync(line).ConfigureAwait(false);
        }
    }

    public async Task FlushAsync()
    {
        if (_writer is not null)
        {
            await _writer.FlushAsync().ConfigureAwait(false);
        }
    }

    public async Task CloseAsync()
    {
        if (_writer is not null)
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
            _writer = null;
        }
    }

    /// <summary>A listener's lines in all files, the oldest first.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(UserId user)
    {
        await FlushAsync().ConfigureAwait(false);
        var mark = MarkOf(user);
        var lines = new List<string>();
        foreach (var file in Files())
        {
            // The newest is open for writing, which File.ReadLines does not allow.
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                if (line.Contains(mark, StringComparison.Ordinal))
                {
                    lines.Add(line);
                }
            }
        }

        return lines;
    }

    /// <summary>Writes the files anew without a listener's lines, those that have any.</summary>
    public async Task EraseAsync(UserId user)
    {
        await CloseAsync().ConfigureAwait(false);
        var mark = MarkOf(user);
        foreach (var file in Files())
        {
            if (!File.ReadLines(file).Any(line => line.Contains(mark, StringComparison.Ordinal)))
            {
                continue;
            }

            var without = file + ".tmp";
            await File.WriteAllLinesAsync(without, File.ReadLines(file).Where(line => !line.Contains(mark, StringComparison.Ordinal)), new UTF8Encoding(false)).ConfigureAwait(false);
            File.Move(without, file, overwrite: true);
        }
    }

    /// <summary>As the serializer writes it: within other texts a quotation mark is escaped, so nothing else looks like this.</summary>
    private static string MarkOf(UserId user) => $"\"user\":{JsonSerializer.Serialize(user.Value)}";

    private StreamWriter Open()
    {
        Directory.CreateDirectory(folder);
        var files = Files();
        for (var i = 0; i <= files.Length - options.LogFiles; i++)
        {
            File.Delete(files[i]);
        }

        // Names sort by time, whatever a clock that was set back says.
        var stamp = time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, $"{name}-{stamp}.ndjson");
        var latest = _last ?? (files.Length > 0 ? files[^1] : null);
        if (latest is not null && string.CompareOrdinal(path, latest) <= 0)
        {
            path = latest[..^".ndjson".Length] + "a.ndjson";
        }

        _last = path;
        return new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read), new UTF8Encoding(false));
    }

    private string[] Files()
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var files = Directory.GetFiles(folder, name + "-*.ndjson");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }
}
