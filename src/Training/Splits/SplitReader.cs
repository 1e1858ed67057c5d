using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Buddies.Training.Facts;
using Buddies.Training.Import;

namespace Buddies.Training.Splits;

/// <summary>
/// Reads public benchmark splits in the text format of LightGCN (He et al. 2020): a line for each user, the user's number
/// and then the numbers of the tracks, with single blanks between. Numbers count from 0.
/// </summary>
public static class SplitReader
{
    /// <summary>The highest number that is believed; more is a damaged file or another format.</summary>
    public const int HighestNumber = 9_999_999;

    /// <summary>Reads both files of a split.</summary>
    /// <param name="trainingPath">What may be known.</param>
    /// <param name="testPath">What is to be found; a user without tracks is not judged.</param>
    /// <returns>As many users and tracks as the highest numbers in either file say. A number that stands twice in a line counts once.</returns>
    /// <exception cref="TrainingException">A file is missing, is empty, or has a line of another form; the message names the first.</exception>
    public static InteractionSplit Read(string trainingPath, string testPath)
    {
        var training = ReadFile(trainingPath);
        var test = ReadFile(testPath);
        var userCount = 1 + Math.Max(training.HighestUser, test.HighestUser);
        var trackCount = 1 + Math.Max(training.HighestTrack, test.HighestTrack);
        var hidden = new int[userCount][];
        for (var user = 0; user < userCount; user++)
        {
            hidden[user] = test.Rows.TryGetValue(user, out var tracks) ? [.. tracks] : [];
        }

        if (hidden.All(tracks => tracks.Length == 0))
        {
            throw new TrainingException($"{testPath}: no user has a track to find.");
        }

        return new InteractionSplit(BinaryRows.Make(user => training.Rows.TryGetValue(user, out var tracks) ? tracks : [], userCount, trackCount), hidden);
    }

    private static SplitFile ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new TrainingException($"{path}: there is no such file.");
        }

        var file = new SplitFile();
        using var stream = File.OpenRead(path);
        try
        {
            var lines = new LineReader(stream, path);
            while (lines.TryRead(out var line))
            {
                ReadLine(line, path, lines.Line, file);
            }
        }
        catch (ImportException e)
        {
            throw new TrainingException(e.Message);
        }

        return file.Rows.Count > 0 && file.HighestTrack >= 0
            ? file
            : throw new TrainingException($"{path}: expected lines of a user's number and track numbers, got none.");
    }

    private static void ReadLine(ReadOnlySpan<byte> line, string path, long number, SplitFile file)
    {
        line = line.TrimEnd((byte)' ');
        if (line.IsEmpty)
        {
            return;
        }

        var user = ReadNumber(ref line, path, number, "a user's number");
        if (!file.Rows.TryGetValue(user, out var tracks))
        {
            file.Rows.Add(user, tracks = []);
            file.HighestUser = Math.Max(file.HighestUser, user);
        }

        while (!line.IsEmpty)
        {
            var track = ReadNumber(ref line, path, number, "a track's number");
            tracks.Add(track);
            file.HighestTrack = Math.Max(file.HighestTrack, track);
        }
    }

    private static int ReadNumber(ref ReadOnlySpan<byte> line, string path, long number, string what)
    {
        var length = line.IndexOfAny(s_blanks);
        var word = length < 0 ? line : line[..length];
        if (!Utf8Parser.TryParse(word, out int value, out var used) || used != word.Length || value is < 0 or > HighestNumber || word[0] == (byte)'+')
        {
            throw new TrainingException(
                $"{path}, line {number}: expected {what}, 0 to {HighestNumber}, got '{Encoding.Latin1.GetString(word[..Math.Min(word.Length, 40)])}'.");
        }

        line = length < 0 ? [] : line[(length + 1)..];
        return value;
    }

    private static readonly SearchValues<byte> s_blanks = SearchValues.Create(" \t"u8);

    private sealed class SplitFile
    {
        public Dictionary<int, SortedSet<int>> Rows { get; } = [];

        public int HighestUser { get; set; } = -1;

        public int HighestTrack { get; set; } = -1;
    }
}
