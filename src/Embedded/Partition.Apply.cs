using System.Numerics.Tensors;
using Buddies.Embedded.Versions;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Storage;

namespace Buddies.Embedded;

internal sealed partial class Partition
{
    /// <summary>Events whose listeners may wait for their move while more shares stand behind them.</summary>
    private const int MostUnmoved = 32_768;

    private static readonly TimeSpan s_longestUnmoved = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<UserState> _touched = [];
    private float[] _announced = [];
    private float[] _derived = [];
    private long _eventsApplied;
    private int _unmovedEvents;
    private long _unmovedSince;
    private long _firstUnmoved;

    /// <summary>Applies durable events in the order of the log, then lets everybody hear what moved.</summary>
    /// <param name="events">Events of this partition's listeners.</param>
    /// <param name="acceptedTimestamp">When the first of them came in, by the time provider.</param>
    /// <remarks>
    /// Where the next piece of work is another share, both are moved together: under load a listener with several events
    /// costs one solve. Nobody can tell, for whatever is asked stands behind that share.
    /// </remarks>
    public void Apply(ReadOnlySpan<LoggedEvent> events, long acceptedTimestamp)
    {
        if (_unmovedEvents == 0)
        {
            (_unmovedSince, _firstUnmoved) = (_time.GetTimestamp(), acceptedTimestamp);
        }

        try
        {
            foreach (ref readonly var logged in events)
            {
                var state = _runtime.Users.Find(logged.Event.User)
                    ?? _runtime.Users.Add(logged.Event.User, new UserTaste(_options.Transform));
                var version = VersionOf(state);
                version?.Engagement.Count(logged.Event);
                ApplyOne(state, logged, version);
                Learn(state, logged.Event);
                if (logged.Event.Kind is not (EventKind.Impression or EventKind.Click))
                {
                    _touched.Add(state);
                }
                else if (state.Attention?.AskedNode is not null)
                {
                    // Looking at a page, or opening a card, is no reason to make another page, but one to keep the set.
                    Touch(state);
                }
            }
        }
        finally
        {
            // Those before one that failed have been applied, and must move all the same.
            _unmovedEvents += events.Length;
            if (!MayMoveLater())
            {
                MoveAndTell();
            }
        }
    }

    private bool MayMoveLater() =>
        _unmovedEvents < MostUnmoved
        && _inbox.Reader.TryPeek(out var next)
        && next.Target is EventShare
        && _time.GetElapsedTime(_unmovedSince) < s_longestUnmoved;

    private void MoveAndTell()
    {
        var (events, accepted) = (_unmovedEvents, _firstUnmoved);
        _unmovedEvents = 0;
        try
        {
            MoveTouched();
            foreach (var state in _touched)
            {
                if (state.Attention is { IsWatched: true } attention)
                {
                    state.TakeDirty();
                    Refresh(state, attention, accepted);
                }
            }
        }
        finally
        {
            _touched.Clear();
        }

        Volatile.Write(ref _eventsApplied, _eventsApplied + events);
        _runtime.Metrics.OnApplied(events, _time.GetElapsedTime(accepted));
    }

    /// <summary>Applies one event to the facts; used by replay too.</summary>
    public void ApplyOne(UserState state, in LoggedEvent logged, ServedVersion? version)
    {
        var @event = logged.Event;
        TrackIndex? track = @event.Track is { } trackId ? _runtime.Catalogue.Intern(trackId) : null;
        PlaylistIndex? playlist = @event.Playlist is { } playlistId ? _runtime.Catalogue.Intern(playlistId) : null;
        var followed = @event.Kind is EventKind.Follow or EventKind.Unfollow ? playlist : null;
        var wasFollowed = followed is { } before && IsFollowed(state, before);
        var live = version is not null && state.Attention?.Live is { } kept && kept.Model == version.Model ? kept : null;
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
            _learning?.Follows.Load(state.Index, state.Facts);
        }
    }

    private static bool IsFollowed(UserState state, PlaylistIndex playlist) =>
        (state.Facts.MarksOf(playlist) & FactMarks.Followed) != 0;

    /// <summary>Derives vectors again and tells the cells of those that moved.</summary>
    private void MoveTouched()
    {
        foreach (var state in _touched)
        {
            var version = VersionOf(state);
            NoteBehind(state, version);
            if (version is null)
            {
                continue;
            }

            version.Behind[_number].Remove(state);
            if (ListensOften(state))
            {
                Follow(state, version);
            }
            else
            {
                Derive(state, version);
            }
        }
    }

    /// <summary>One whose normal equations are kept: the new terms alone are solved for.</summary>
    private void Follow(UserState state, ServedVersion version)
    {
        var unit = new float[version.Model.Dimension];
        LiveOf(state, version).Solve(Scratch(version.Model), unit);
        VectorKernels.Normalize(unit);
        var attention = state.Attention!;
        attention.Unit = unit;
        if (attention.AskedNode is not null)
        {
            Touch(state); // Who listens on keeps the buddy set.
        }

        if (MoveOf(state, unit, version.Cells) >= _options.MoveThreshold)
        {
            Place(state, unit, version);
        }
    }

    /// <summary>One who listens now and then: derived from the facts, and nothing is kept but the place in the cells.</summary>
    private void Derive(UserState state, ServedVersion version)
    {
        if (_derived.Length != version.Model.Dimension)
        {
            _derived = new float[version.Model.Dimension];
        }

        LiveTaste.Derive(state.Facts, version.Model, Scratch(version.Model), _derived);
        VectorKernels.Normalize(_derived);
        if (MoveOf(state, _derived, version.Cells) > RoundingOf(_derived.Length))
        {
            Place(state, _derived, version);
        }
    }

    private static void Place(UserState state, float[] unit, ServedVersion version)
    {
        version.Cells.Place(state.Index.Value, unit);
        if (!version.Cells.IsResident(state.Index.Value))
        {
            // One whose vector has become zero has lost the set with its place in the cells.
            if (state.Attention is { HasSet: true } attention && attention.Version == version)
            {
                attention.HasSet = false;
            }
        }
    }

    /// <summary>How far a vector is from the one that the cells have, rounded as they have it; infinitely far where they have none.</summary>
    private float MoveOf(UserState state, float[] unit, BuddyCells cells)
    {
        if (_announced.Length != unit.Length)
        {
            _announced = new float[unit.Length];
        }

        return cells.CopyVector(state.Index.Value, _announced)
            ? TensorPrimitives.Distance<float>(_announced, unit)
            : float.PositiveInfinity;
    }
}
