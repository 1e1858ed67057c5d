using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;

namespace Buddies.Embedded;

internal sealed partial class Partition
{
    /// <summary>New pages are made for so long at one time.</summary>
    private static readonly TimeSpan s_tickSlice = TimeSpan.FromMilliseconds(2);

    private readonly List<UserState> _watched = [];
    private int _nextWatched = -1;
    private bool _isTickPosted;

    /// <summary>Begins a subscription; the page and the buddies are sent at once, each unless the client has it.</summary>
    public void Subscribe(UserId user, LiveSubscription subscription, long? lastSequence)
    {
        var state = _runtime.Users.Find(user) ?? _runtime.Users.Add(user, new UserTaste(_options.Transform));
        var attention = Touch(state);
        Look(state, attention);
        var (page, sent) = PageOf(state, subscription.Request);
        var (list, sequence) = ListOf(state);

        // A number that was never given says nothing about what the client has.
        var had = lastSequence <= attention.Sequence ? lastSequence.Value : -1;
        subscription.Push(
            page.Sequence > had ? new HomeUpdate(page, null) : null,
            sequence > had ? new BuddiesUpdate(list, sequence, null) : null,
            sent);

        if (!attention.IsWatched)
        {
            _watched.Add(state);
            _runtime.Watch(state);
        }

        attention.Subscriptions.Add(subscription);
    }

    public void Unsubscribe(UserId user, LiveSubscription subscription)
    {
        if (_runtime.Users.Find(user) is not { Attention: { } attention } state)
        {
            return;
        }

        if (attention.Subscriptions.Remove(subscription) && !attention.IsWatched)
        {
            _watched.Remove(state);
            _runtime.Unwatch(state);
        }

        // Watching an unknown listener's page must not leave anything behind.
        if (!attention.IsWatched && state.Facts.EventCount == 0)
        {
            Forget(state);
            _runtime.Users.Remove(state, mayReuse: true);
        }
    }

    /// <summary>
    /// Makes new pages and lists for watched listeners whose buddies others' moves have changed, each at most once an
    /// interval, and lets go of what nobody looks at any more.
    /// </summary>
    /// <remarks>Whoever is left when the slice is used up comes next, behind whatever waits in the inbox: after a flip that is everybody.</remarks>
    public void Tick()
    {
        var now = _time.GetTimestamp();
        _isTickPosted = false;
        for (var left = _watched.Count; left > 0; left--)
        {
            _nextWatched = _nextWatched + 1 < _watched.Count ? _nextWatched + 1 : 0;
            var state = _watched[_nextWatched];
            var attention = state.Attention!;
            if (_time.GetElapsedTime(attention.LastPushTimestamp, now) >= _options.PushInterval
                && (state.TakeDirty() || HaveBuddiesChanged(state, attention)))
            {
                Refresh(state, attention, null);
                if (left > 1 && _time.GetElapsedTime(now) >= s_tickSlice)
                {
                    _isTickPosted = TryPost(static p => p.Tick());
                    break;
                }
            }
        }

        ForgetIdle(now);
    }

    /// <summary>A tick, unless one waits already.</summary>
    public void TickUnlessPosted()
    {
        if (!_isTickPosted)
        {
            Tick();
        }
    }

    /// <summary>Removes a listener from memory. The store has done its part already.</summary>
    public void Erase(UserId user)
    {
        ForgetLearning(user);
        _runtime.Catalogue.RemovePlaylistsOf(user);
        if (_runtime.Users.Find(user) is not { } state)
        {
            return;
        }

        foreach (ref readonly var fact in state.Facts.Playlists)
        {
            if ((fact.Marks & FactMarks.Followed) != 0)
            {
                _runtime.Popular.OnFollowed(new PlaylistIndex(fact.Playlist), -1);
            }
        }

        state.IsErased = true;
        _runtime.RaiseStrangerSequence((state.Attention?.Sequence ?? 0) + 1);
        foreach (var subscription in state.Attention?.Subscriptions ?? [])
        {
            subscription.End();
        }

        DropLive(state);
        Forget(state);
        _watched.Remove(state);
        _runtime.Unwatch(state);
        foreach (var version in _plan.All)
        {
            version.Behind[_number].Remove(state);
            version.Cells.Remove(state.Index.Value);
        }

        _runtime.Users.Remove(state, mayReuse: false);
    }

    private void Refresh(UserState state, Attention attention, long? acceptedTimestamp)
    {
        using var span = acceptedTimestamp is null ? null : Traces.StartPush();
        attention.LastPushTimestamp = _time.GetTimestamp();
        Touch(state);
        Look(state, attention);
        for (var i = 0; i < attention.Subscriptions.Count; i++)
        {
            var shape = attention.Subscriptions[i].Request;
            if (!attention.Subscriptions.Take(i).Any(other => IsSameShape(other.Request, shape)))
            {
                PageOf(state, shape, acceptedTimestamp);
            }
        }

        ListOf(state, acceptedTimestamp);
    }

    /// <summary>Notes the buddy set before a page is made of it, or of a newer one.</summary>
    private void Look(UserState state, Attention attention)
    {
        if (attention.SeenUsers.Length == 0)
        {
            (attention.SeenUsers, attention.SeenSimilarities) = (new int[_options.Buddies], new float[_options.Buddies]);
        }

        attention.SeenCount = attention.Version?.Cells.Read(state.Index.Value, attention.SeenUsers, attention.SeenSimilarities) ?? 0;
    }

    private bool HaveBuddiesChanged(UserState state, Attention attention)
    {
        var count = attention.Version?.Cells.Read(state.Index.Value, _nearUsers, _nearSimilarities) ?? 0;
        return count != attention.SeenCount
            || !_nearUsers.AsSpan(0, count).SequenceEqual(attention.SeenUsers.AsSpan(0, count))
            || !_nearSimilarities.AsSpan(0, count).SequenceEqual(attention.SeenSimilarities.AsSpan(0, count));
    }
}
