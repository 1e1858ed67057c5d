using Buddies.Embedded.Versions;
using Buddies.Engine.Taste;

namespace Buddies.Embedded;

/// <summary>
/// Decides for whom anything is kept beyond the facts. Normal equations: the latest who listened. A buddy set and pages:
/// whoever is watched, and the latest who were asked for. Listening keeps a set, but does not make one: until somebody
/// asks, nobody sees it.
/// </summary>
internal sealed partial class Partition
{
    private readonly LinkedList<UserState> _liveOrder = new();
    private readonly LinkedList<UserState> _askedOrder = new();

    /// <summary>The listener who came last of those that share a slot, by position.</summary>
    private readonly int[] _latest;

    private int MaxAsked => Math.Max(1, _options.BuddySets / _options.Partitions);

    /// <summary>Takes note that somebody asks for a listener, and sees to its buddy set.</summary>
    private Attention Touch(UserState state)
    {
        var version = FreshVersionOf(state);
        var attention = state.Attention ??= new Attention();
        Bind(attention, version);
        attention.AskedTimestamp = _time.GetTimestamp();
        if (attention.AskedNode is { } node)
        {
            _askedOrder.Remove(node);
            _askedOrder.AddLast(node);
        }
        else
        {
            MakeRoom();
            attention.AskedNode = _askedOrder.AddLast(state);
        }

        if (!attention.HasSet && version is not null)
        {
            attention.HasSet = TryActivate(state, version);
        }

        return attention;
    }

    private void MakeRoom()
    {
        // Whoever is watched goes to the back; where nearly all are, there may be some more.
        const int MostPassed = 16;
        for (var passed = 0; _askedOrder.Count >= MaxAsked && passed < MostPassed && _askedOrder.First is { } oldest; passed++)
        {
            if (oldest.Value.Attention!.IsWatched)
            {
                _askedOrder.Remove(oldest);
                _askedOrder.AddLast(oldest);
            }
            else
            {
                Forget(oldest.Value);
            }
        }
    }

    /// <summary>Lets go of the sets and pages that nobody has asked for in a while.</summary>
    private void ForgetIdle(long now)
    {
        while (_askedOrder.First is { } oldest
            && oldest.Value.Attention is { } attention
            && _time.GetElapsedTime(attention.AskedTimestamp, now) >= _options.BuddySetIdleTime)
        {
            if (attention.IsWatched)
            {
                attention.AskedTimestamp = now;
                _askedOrder.Remove(oldest);
                _askedOrder.AddLast(oldest);
            }
            else
            {
                Forget(oldest.Value);
            }
        }
    }

    /// <summary>Lets go of a listener's set and pages.</summary>
    private void Forget(UserState state)
    {
        if (state.Attention is { } attention)
        {
            DropSet(state, attention);
            if (attention.AskedNode is { } node)
            {
                _askedOrder.Remove(node);
                attention.AskedNode = null;
            }

            attention.Pages.Clear();
            attention.Buddies = null;
            Release(state, attention);
        }
    }

    private static void DropSet(UserState state, Attention attention)
    {
        if (attention is { HasSet: true, Version: { } version })
        {
            attention.HasSet = false;
            version.Cells.Deactivate(state.Index.Value);
        }
    }

    /// <summary>
    /// Whether the normal equations are worth keeping: they are kept already, somebody has asked for the listener, or it
    /// listened a moment ago, with few others in between. Where more listen by turns than there is room for, those that are
    /// kept would be thrown away before their next use, and making them costs more than deriving the vector once.
    /// </summary>
    private bool ListensOften(UserState state)
    {
        if (state.Attention is { LiveNode: not null } or { AskedNode: not null })
        {
            return true;
        }

        ref var latest = ref _latest[state.Index.Value % _latest.Length];
        var isAgain = latest == state.Index.Value;
        latest = state.Index.Value;
        return isAgain;
    }

    /// <summary>The listener's normal equations: kept for the latest listeners, made anew for others.</summary>
    private LiveTaste LiveOf(UserState state, ServedVersion version)
    {
        var attention = state.Attention ??= new Attention();
        Bind(attention, version);
        if (attention.LiveNode is { } node)
        {
            _liveOrder.Remove(node);
            _liveOrder.AddLast(node);
        }
        else
        {
            if (_liveOrder.Count >= _options.LiveTastes && _liveOrder.First is { } oldest)
            {
                DropLive(oldest.Value);
            }

            attention.LiveNode = _liveOrder.AddLast(state);
        }

        return attention.Live ??= new LiveTaste(state.Facts, version.Model);
    }

    /// <summary>Lets go of the normal equations; the cells get the vector as it is, so that it need not be kept here.</summary>
    private void DropLive(UserState state)
    {
        if (state.Attention is not { LiveNode: { } node } attention)
        {
            return;
        }

        if (attention is { Unit: { } unit, Version: { } version } && !state.IsErased && MoveOf(state, unit, version.Cells) > RoundingOf(unit.Length))
        {
            Place(state, unit, version);
        }

        _liveOrder.Remove(node);
        (attention.LiveNode, attention.Live, attention.Unit) = (null, null, null);
        Release(state, attention);
    }

    /// <summary>The length of what sixteen bits a dimension cannot hold, at most.</summary>
    private static float RoundingOf(int dimension) => MathF.Sqrt(dimension) / (2 * short.MaxValue);

    /// <summary>An idle listener keeps nothing; the pages it will be shown are newer than those it was.</summary>
    private void Release(UserState state, Attention attention)
    {
        if (attention is { LiveNode: null, AskedNode: null })
        {
            _runtime.RaiseStrangerSequence(attention.Sequence);
            state.Attention = null;
        }
    }
}
