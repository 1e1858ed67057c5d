using System.Numerics.Tensors;
using Buddies.Engine.Buddies.Cells;
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
    private float[] _announced = [];
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
        if (model is not null && _runtime.Cells is { } cells)
        {
            MoveTouched(model, cells);
        }

        foreach (var state in _touched)
        {
            if (state.Attention is { IsWatched: true } attention)
            {
                state.TakeDirty();
                Refresh(state, attention, acceptedTimestamp);
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
        var live = model is null ? null : LiveOf(state, model);
        state.BeginWrite();
        try
        {
            if (live is null)
            {
                state.Facts.Apply(@event, track, playlist);
            }
            else
            {
                live.Apply(@event, track, playlist);
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

    /// <summary>Derives vectors again and tells the cells of those that moved.</summary>
    private void MoveTouched(ServingModel model, BuddyCells cells)
    {
        foreach (var state in _touched)
        {
            var unit = new float[model.Dimension];
            LiveOf(state, model).Solve(Scratch(model), unit);
            VectorKernels.Normalize(unit);
            var attention = state.Attention!;
            attention.Unit = unit;
            if (attention.AskedNode is not null)
            {
                Touch(state); // Who listens on keeps the buddy set.
            }

            if (MoveOf(state, unit) >= _options.MoveThreshold)
            {
                Place(state, unit, cells);
            }
        }
    }

    private void Place(UserState state, float[] unit, BuddyCells cells)
    {
        cells.Place(state.Index.Value, unit);
        if (state.Attention is { HasSet: true } attention && !cells.IsResident(state.Index.Value))
        {
            // One whose vector has become zero has lost the set with its place in the cells.
            DropSet(state, attention);
        }
    }

    /// <summary>How far a vector is from the one that the cells have, rounded as they have it; infinitely far where they have none.</summary>
    private float MoveOf(UserState state, float[] unit)
    {
        if (_announced.Length != unit.Length)
        {
            _announced = new float[unit.Length];
        }

        return _runtime.Cells is { } cells && cells.CopyVector(state.Index.Value, _announced)
            ? TensorPrimitives.Distance<float>(_announced, unit)
            : float.PositiveInfinity;
    }
}
