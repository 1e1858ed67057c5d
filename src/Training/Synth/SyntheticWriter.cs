using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Training.Import;

namespace Buddies.Training.Synth;

/// <summary>Writes a world's rows: tracks, playlists, then each listener's month.</summary>
internal sealed class SyntheticWriter
{
    private const int RowsBetweenReports = 1 << 14;

    private readonly SyntheticWorld _world;
    private readonly IImportSession _session;
    private readonly IProgress<ImportProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly long[] _events = new long[EventKinds.Names.Count + 1];
    private readonly SyntheticMonth _month;
    private long _duplicates;
    private long _rows;
    private long _total;

    public SyntheticWriter(SyntheticWorld world, IImportSession session, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        _world = world;
        _session = session;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _month = new SyntheticMonth(world);
    }

    public SyntheticReport Write()
    {
        var options = _world.Options;
        var playlists = new SyntheticPlaylists(_world);
        _total = options.Tracks + playlists.Count + ((long)options.Listeners * options.EventsPerListener);
        for (var track = 0; track < options.Tracks; track++)
        {
            _session.AddTrack(_world.DescribeTrack(track));
            Tick();
        }

        for (var playlist = 0; playlist < playlists.Count; playlist++)
        {
            _session.AddPlaylist(playlists.Make(playlist));
            Tick();
        }

        for (var listener = 0; listener < options.Listeners; listener++)
        {
            WriteListener(listener, playlists);
        }

        _progress?.Report(new ImportProgress(_total, _total, _rows));
        return new SyntheticReport
        {
            Listeners = options.Listeners,
            Tracks = options.Tracks,
            Artists = options.Artists,
            Playlists = playlists.Count,
            Events = EventKinds.Names.Select((name, i) => (name, count: _events[i + 1])).Where(kind => kind.count > 0).ToDictionary(kind => kind.name, kind => kind.count),
            Duplicates = _duplicates,
        };
    }

    private void WriteListener(int listener, SyntheticPlaylists playlists)
    {
        foreach (var @event in _month.EventsOf(listener))
        {
            Add(@event);
            Tick();
        }

        var user = SyntheticListeners.Id(listener);
        foreach (var playlist in playlists.FollowsOf(listener))
        {
            var id = SyntheticWorld.PlaylistId(playlist);
            var time = _world.Options.AsOf.AddMinutes(-(((long)listener * 7919) + ((long)playlist * 104_729)) % SyntheticMonth.Minutes);
            Add(new UserEvent(new EventId($"synth{_world.Options.Seed}:{user}:follow:{id}"), user, EventKind.Follow, null, id, null, null, time));
        }
    }

    private void Add(in UserEvent @event)
    {
        if (_session.AddEvent(@event))
        {
            _events[(int)@event.Kind]++;
        }
        else
        {
            _duplicates++;
        }
    }

    private void Tick()
    {
        if (++_rows % RowsBetweenReports == 0)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _progress?.Report(new ImportProgress(_rows, _total, _rows));
        }
    }
}
