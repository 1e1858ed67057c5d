using System.Numerics.Tensors;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Storage;

namespace Buddies.Embedded;

internal sealed partial class Partition
{
    private readonly HashSet<UserState> _touched = [];
    private long _eventsApplied;

    /// <summary>Applies durable events in the order of the log, then lets everybody hear what moved.</summary>
    /// <param name="events">Events of this partition's listeners.</param>
    /// <param name="acceptedTimestamp">When the first of them came in, by the time provider.</param>
    public void Apply(List<LoggedEvent> events, long acceptedTimestamp)
    {
        var model = _runtime.Model;
        foreach (var logged in events)
        {
            var state = _runtime.Users.Find(logged.Event.User)
                ?? _runtime.Users.Add(logged.Event.User, new UserTaste(_options.Transform));
            ApplyOne(state, logged, model);
            _touched.Add(state);
        }

        Volatile.Write(ref _eventsApplied, _eventsApplied + events.Count);
        foreach (var state in _touched)
        {
            Move(state, model);
        }

        foreach (var state in _touched)
        {
            if (state.Subscriptions.Count > 0)
            {
                state.TakeDirty();
                Refresh(state, acceptedTimestamp);
            }
        }

        _touched.Clear();
        _runtime.Metrics.OnApplied(events.Count, _time.GetElapsedTime(acceptedTimestamp));
    }

    /// <summary>Applies one event to the facts; used by replay too.</summary>
    public void ApplyOne(UserState state, in LoggedEvent logged, ServingModel? model)
    {
        var @event = logged.Event;
        TrackIndex? track = @event.Track is { } trackId ? _runtime.Catalogue.Intern(trackId) : null;
        PlaylistIndex? playlist = @event.Playlist is { } playlistId ? _runtime.Catalogue.Intern(playlistId) : null;
        var followed = @event.Kind is EventKind.Follow or EventKind.Unfollow ? playlist : null;
        var wasFollowed = followed is { } before && IsFollowed(state, before);
        state.BeginWrite();
        try
        {
            if (model is null)
            {
                state.Facts.Apply(@event, track, playlist);
            }
            else
            {
                LiveOf(state, model).Apply(@event, track, playlist);
            }
        }
        finally
        {
            // Whatever happened: other partitions spin until a write has ended.
            state.EndWrite();
        }

        state.LastOffset = logged.Offset;
        NeedCheckpoint(state);
        if (followed is { } after && IsFollowed(state, after) is var isFollowed && isFollowed != wasFollowed)
        {
            _runtime.Popular.OnFollowed(after, isFollowed ? 1 : -1);
        }
    }

    private static bool IsFollowed(UserState state, PlaylistIndex playlist) =>
        (state.Facts.MarksOf(playlist) & FactMarks.Followed) != 0;

    /// <summary>Derives the vector again and, if it moved, tells the index and the listeners it matters to.</summary>
    private void Move(UserState state, ServingModel? model)
    {
        if (model is null)
        {
            return;
        }

        var unit = new float[model.Dimension];
        LiveOf(state, model).Solve(Scratch(model), unit);
        VectorKernels.Normalize(unit);
        state.Unit = unit;
        if (state.Announced is { } before && TensorPrimitives.Distance<float>(before, unit) < _options.MoveThreshold)
        {
            return;
        }

        state.Announced = unit;
        _runtime.Index?.Upsert(state.Index, unit);
        _runtime.TellWatchers(state, unit);
    }

    /// <summary>The listener's normal equations: kept for the latest listeners, made anew for others.</summary>
    private LiveTaste LiveOf(UserState state, ServingModel model)
    {
        if (_liveNodes.TryGetValue(state, out var node))
        {
            _liveOrder.Remove(node);
            _liveOrder.AddLast(node);
        }
        else
        {
            if (_liveNodes.Count >= _options.LiveTastes)
            {
                var oldest = _liveOrder.First!.Value;
                _liveOrder.RemoveFirst();
                _liveNodes.Remove(oldest);
                oldest.Live = null;
            }

            _liveNodes[state] = _liveOrder.AddLast(state);
        }

        if (state.Live is null || state.Live.Model != model)
        {
            state.Live = new LiveTaste(state.Facts, model);
        }

        return state.Live;
    }

    private void DropLive(UserState state)
    {
        if (_liveNodes.Remove(state, out var node))
        {
            _liveOrder.Remove(node);
        }

        state.Live = null;
    }
}
