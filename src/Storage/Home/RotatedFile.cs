using System.Globalization;
using System.Text;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Home;

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

    /// <summary>Writes the files anew without a listener's lines, those that have any.</summary>
    public async Task EraseAsync(UserId user, IReadOnlyCollection<PlaylistId> playlists)
    {
        await CloseAsync().ConfigureAwait(false);
        foreach (var file in Files())
        {
            await LogLines.EraseAsync(file, user, playlists).ConfigureAwait(false);
        }
    }

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
