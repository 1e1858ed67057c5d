using System.Text;
using System.Text.Json;
using Buddies.Engine.Snapshots;

namespace Buddies.Training.Checkpoints;

/// <summary>The training that is under way in a data directory, or was when its process died: what it is of, and its epochs.</summary>
/// <param name="Watermark">Events up to this offset take part.</param>
/// <param name="Data">The fingerprint of the data.</param>
/// <param name="Parameters">The parameters in one line.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Run">The id under which it is tracked; empty for none.</param>
public sealed record TrainingJob(long Watermark, string Data, string Parameters, DateTimeOffset StartedAt, string Run = "");

/// <summary>
/// The folder <c>training</c> of a data directory: the job, and the latest epoch of each of its stages. One process at a
/// time has it; the system lets go of its lock when the process dies.
/// </summary>
public sealed class TrainingFolder : IEpochKeeper, IDisposable
{
    private const string JobName = "job.json";
    private const string LockName = "lock";
    private const string EpochSuffix = ".epoch";
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly Action<string> _note;

    private TrainingFolder(string folder, FileStream @lock, Action<string> note) => (_folder, _lock, _note) = (folder, @lock, note);

    /// <summary>Epochs that were taken over from a training that did not end.</summary>
    public int EpochsTakenOver { get; private set; }

    /// <summary>The latest epoch that is kept, of whatever stage; 0 before the first.</summary>
    public int LastEpoch { get; private set; }

    /// <summary>Takes the folder.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="note">Told, in one sentence, what somebody should know.</param>
    /// <returns>Null while another process trains in the same data directory: this one keeps nothing then.</returns>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static TrainingFolder? TryOpen(string dataDirectory, Action<string> note)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        ArgumentNullException.ThrowIfNull(note);
        var folder = Directory.CreateDirectory(Path.Combine(dataDirectory, "training")).FullName;
        try
        {
            return new TrainingFolder(folder, new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), note);
        }
        catch (IOException)
        {
            note("Another training is under way in this data directory; this one keeps no checkpoints.");
            return null;
        }
    }

    /// <summary>The training that did not end; null where there is none, or nothing of it is kept.</summary>
    public TrainingJob? Interrupted()
    {
        try
        {
            var job = JsonSerializer.Deserialize<TrainingJob>(File.ReadAllText(Path.Combine(_folder, JobName)), s_json);
            return job is { Data: not null, Parameters: not null } && Directory.EnumerateFiles(_folder, "*" + EpochSuffix).Any() ? job : null;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // Never begun, or cut before the first epoch.
        }
    }

    /// <summary>Says what is trained from now on. What is kept of another training is removed.</summary>
    public void Begin(TrainingJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (Interrupted() is not { } former || former.Data != job.Data || former.Parameters != job.Parameters)
        {
            Clear();
        }

        var next = Path.Combine(_folder, JobName + ".next");
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(job, s_json)));
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, Path.Combine(_folder, JobName), overwrite: true);
        FolderDurability.Flush(_folder);
    }

    /// <summary>Forgets the training: it has come to its end.</summary>
    public void Clear()
    {
        // The job last: without epochs it says nothing.
        foreach (var file in Directory.GetFiles(_folder, "*" + EpochSuffix + "*").Append(Path.Combine(_folder, JobName)))
        {
            File.Delete(file);
        }
    }

    /// <inheritdoc/>
    public EpochState? Find(string key)
    {
        var state = EpochFile.TryRead(PathOf(key), key);
        if (state is not null)
        {
            EpochsTakenOver += state.Epoch;
            LastEpoch = state.Epoch;
            _note($"Goes on after epoch {state.Epoch} of a training that did not end.");
        }

        return state;
    }

    /// <inheritdoc/>
    public void Save(string key, EpochState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        try
        {
            EpochFile.Write(PathOf(key), key, state);
            LastEpoch = state.Epoch;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _note($"Epoch {state.Epoch} could not be kept: {e.Message}");
        }
    }

    /// <summary>Lets go of the folder; what is kept stays.</summary>
    public void Dispose() => _lock.Dispose();

    private string PathOf(string key) => Path.Combine(_folder, key[..16] + EpochSuffix);
}
