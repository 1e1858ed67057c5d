using System.Runtime.InteropServices;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Training.Import;

/// <summary>One import under way: the session, and what has gone into it.</summary>
internal sealed class ImportRun
{
    private const int ProgressStepBytes = 1 << 20;

    private readonly IImportSession _session;
    private readonly IProgress<ImportProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly List<FileTally> _files = [];
    private readonly HashSet<UserId> _users = [];
    private readonly HashSet<TrackId> _items = [];
    private readonly HashSet<PlaylistId> _playlists = [];
    private readonly HashSet<(UserId First, UserId Second)> _friendships = [];
    private readonly Dictionary<string, long> _notes = [];
    private readonly DateTimeOffset _now;
    private long _bytesOfFormerFiles;
    private long _bytesReported;
    private long _events;
    private long _duplicates;

    public ImportRun(
        IImportSession session,
        ImportOptions options,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        _session = session;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _now = options.Clock.GetUtcNow();
        Options = options;
        Moment = options.AsOf ?? _now;
        if (Moment > _now || Moment < EventRules.Earliest)
        {
            throw new ImportException($"as-of: expected a time from {EventRules.Earliest:yyyy-MM-dd} to the present ({_now:u}), got {Moment:u}.");
        }
    }

    public ImportOptions Options { get; }

    /// <summary>The import moment: the time of whatever carries none.</summary>
    public DateTimeOffset Moment { get; }

    /// <summary>
    /// The time of plays that were only counted: what was told with <c>--as-of</c>, else the day before the import. At the import
    /// moment itself they would be a session, and Home would say of them "what you play now".
    /// </summary>
    public DateTimeOffset CountMoment => Options.AsOf ?? Moment.AddDays(-1);

    public long BytesTotal { get; set; }

    public FileTally Begin(string path)
    {
        var tally = new FileTally(Path.GetFileName(path), Options.Strict);
        _files.Add(tally);
        return tally;
    }

    /// <summary>A file has been read to its end: its bytes count for good.</summary>
    public void Finish(long bytes)
    {
        _bytesOfFormerFiles += bytes;
        Report(_bytesOfFormerFiles);
    }

    /// <summary>Called for every row: looks for a cancellation, and reports now and then.</summary>
    public void Tick(long bytesOfThisFile)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var done = _bytesOfFormerFiles + bytesOfThisFile;
        if (done - _bytesReported >= ProgressStepBytes)
        {
            Report(done);
        }
    }

    public void Note(string what, long count = 1) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_notes, what, out _) += count;

    public bool IsNewItem(TrackId id) => !_items.Contains(id);

    /// <summary>Adds a track that has not been added in this run.</summary>
    public void AddTrack(Track track)
    {
        if (_items.Add(track.Id))
        {
            _session.AddTrack(track);
        }
    }

    public void AddPlaylist(Playlist playlist)
    {
        _playlists.Add(playlist.Id);
        _session.AddPlaylist(playlist);
    }

    /// <summary>Finds what is wrong with an event, by the rules of every other door.</summary>
    public string? FindError(in UserEvent @event) => EventRules.FindError(@event, _now);

    /// <summary>Adds an event in which <see cref="FindError"/> found nothing.</summary>
    public void AddEvent(in UserEvent @event)
    {
        _users.Add(@event.User);
        if (_session.AddEvent(@event))
        {
            _events++;
        }
        else
        {
            _duplicates++;
        }
    }

    public void AddFriendship(UserId first, UserId second)
    {
        var pair = string.CompareOrdinal(first.Value, second.Value) < 0 ? (first, second) : (second, first);
        if (_friendships.Add(pair))
        {
            _session.AddFriendship(pair.Item1, pair.Item2);
        }
    }

    public ImportReport ToReport(string source, MatchRate? matchRate = null) => new()
    {
        Source = source,
        Files = [.. _files.Select(file => file.ToReport())],
        Events = _events,
        Duplicates = _duplicates,
        Users = _users.Count,
        Items = _items.Count,
        Playlists = _playlists.Count,
        Friendships = _friendships.Count,
        FirstBadLine = _files.Select(file => file.FirstBadLine).FirstOrDefault(line => line is not null),
        MatchRate = matchRate,
        Notes = [.. _notes.Select(note => new ImportNote(note.Key, note.Value))],
    };

    private void Report(long done)
    {
        _bytesReported = done;
        _progress?.Report(new ImportProgress(done, BytesTotal, _files.Sum(file => file.RowsRead)));
    }
}
