using System.Text;
using System.Text.Json;

namespace Buddies.Training.Tuning;

/// <summary>
/// The finished trials of a search, one JSON object a line, each forced to the disk before the next begins. A search that
/// was killed goes on from here: a line that was cut is dropped, and its trial is done again.
/// </summary>
public sealed class TuneJournal
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);
    private readonly string _path;
    private readonly Lock _lock = new();
    private readonly List<TrialResult> _results = [];

    private TuneJournal(string path) => _path = path;

    /// <summary>Opens or begins a journal.</summary>
    /// <param name="path">The file; its folder is made.</param>
    /// <param name="search">What the search is of, in one line: data, options and seed.</param>
    /// <exception cref="TrainingException">The file is of another search.</exception>
    public static TuneJournal Open(string path, string search)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(search);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var journal = new TuneJournal(path);
        var content = File.Exists(path) ? File.ReadAllText(path) : "";

        // What is behind the last line end was being written when the writer died.
        var whole = content[..(content.LastIndexOf('\n') + 1)];
        var lines = whole.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
        {
            journal.Rewrite(JsonSerializer.Serialize(new Header(search), s_json) + "\n");
            return journal;
        }

        if (Parse<Header>(lines[0], path, 1).Search is var found && found != search)
        {
            throw new TrainingException($"{path}: expected the trials of '{search}', got those of '{found}'. Move the file away to begin anew.");
        }

        for (var i = 1; i < lines.Length; i++)
        {
            journal._results.Add(Parse<TrialResult>(lines[i], path, i + 1));
        }

        if (whole.Length < content.Length)
        {
            journal.Rewrite(whole);
        }

        return journal;
    }

    /// <summary>Told of each result that is added, one after the other, once it is on the disk; null for nobody.</summary>
    public Action<TrialResult>? Added { get; set; }

    /// <summary>Every finished trial, in the order they finished.</summary>
    public IReadOnlyList<TrialResult> Results
    {
        get
        {
            lock (_lock)
            {
                return [.. _results];
            }
        }
    }

    /// <summary>The result of a trial in a round; null when it is still to be done.</summary>
    public TrialResult? Find(int trial, int epochs)
    {
        lock (_lock)
        {
            return _results.Find(result => result.Trial == trial && result.Epochs == epochs);
        }
    }

    /// <summary>Adds a result and forces it to the disk.</summary>
    public void Add(TrialResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        lock (_lock)
        {
            using var stream = new FileStream(_path, FileMode.Append, FileAccess.Write);
            stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(result, s_json) + "\n"));
            stream.Flush(flushToDisk: true);
            _results.Add(result);
            Added?.Invoke(result);
        }
    }

    private void Rewrite(string content)
    {
        var next = _path + ".next";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, _path, overwrite: true);
    }

    private static T Parse<T>(string line, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, s_json) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new TrainingException($"{path}, line {number}: expected a trial as JSON. Move the file away to begin anew.");
        }
    }

    private sealed record Header(string Search);
}
