using System.Text;
using System.Text.Json;
using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Home;

/// <summary>Files of one JSON object a line, each with a <c>user</c>: a listener's lines in them, and the files without these.</summary>
internal static class LogLines
{
    /// <summary>Whole lines of a file that somebody may be writing; what stands behind the last line end is not one yet.</summary>
    public static async Task<List<string>> ReadAsync(string file, UserId user)
    {
        var mark = MarkOf(user);
        var lines = new List<string>();
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (line.Contains(mark, StringComparison.Ordinal) && line.EndsWith('}') && IsWhole(line))
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    /// <summary>Writes a file that nobody is writing anew without a listener's lines, where it has any, and without the names of the listener's playlists in those of others.</summary>
    public static async Task EraseAsync(string file, UserId user, IReadOnlyCollection<PlaylistId> playlists)
    {
        var mark = MarkOf(user);
        string[] names = [.. playlists.Select(playlist => NameOf(playlist.Value))];
        var without = file + ".tmp";
        File.Delete(without); // Of one that a crash has cut: it holds lines of others.
        if (!File.ReadLines(file).Any(line => line.Contains(mark, StringComparison.Ordinal) || names.Any(name => line.Contains(name, StringComparison.Ordinal))))
        {
            return;
        }

        var nameless = NameOf(ShownPage.Erased.Value);

        await File.WriteAllLinesAsync(without, Without(), new UTF8Encoding(false)).ConfigureAwait(false);
        File.Move(without, file, overwrite: true);

        IEnumerable<string> Without() => File.ReadLines(file).Where(line => !line.Contains(mark, StringComparison.Ordinal))
            .Select(line => names.Aggregate(line, (text, name) => text.Replace(name, nameless, StringComparison.Ordinal)));
    }

    private static string NameOf(string playlist) => $"\"playlist\":{JsonSerializer.Serialize(playlist)}";

    /// <summary>As the serializer writes it: within other texts a quotation mark is escaped, so nothing else looks like this.</summary>
    private static string MarkOf(UserId user) => $"\"user\":{JsonSerializer.Serialize(user.Value)}";

    /// <summary>A process that was killed leaves half a line behind.</summary>
    private static bool IsWhole(string line)
    {
        try
        {
            using var _ = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
