using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Embedded;

internal sealed partial class Partition
{
    /// <summary>Begins a subscription; the page is sent at once unless the client has it.</summary>
    public void Subscribe(UserId user, LiveSubscription subscription, long? lastSequence)
    {
        var state = _runtime.Users.Find(user) ?? _runtime.Users.Add(user, new UserTaste(_options.Transform));
        if (state.Subscriptions.Count == 0)
        {
            _watched.Add(state);
        }

        state.Subscriptions.Add(subscription);
        _runtime.Watch(state);
        var page = PageOf(state, subscription.Request);
        if (page.Sequence == lastSequence)
        {
            subscription.Skip(page);
        }
        else
        {
            subscription.Push(page, null);
        }
    }

    public void Unsubscribe(UserId user, LiveSubscription subscription)
    {
        if (_runtime.Users.Find(user) is { } state && state.Subscriptions.Remove(subscription) && state.Subscriptions.Count == 0)
        {
            _watched.Remove(state);
            state.Watch = null;
            _runtime.Unwatch(state);

            // Watching an unknown listener's page must not leave anything behind.
            if (state.Facts.EventCount == 0)
            {
                _runtime.RaiseStrangerSequence(state.Sequence);
                _runtime.Users.Remove(state);
            }
        }
    }

    /// <summary>Makes new pages for listeners whom others' moves have reached, each at most once an interval.</summary>
    public void Tick()
    {
        var now = _time.GetTimestamp();
        for (var i = 0; i < _watched.Count; i++)
        {
            var state = _watched[i];
            if (state.IsDirty && _time.GetElapsedTime(state.LastPushTimestamp, now) >= _options.PushInterval && state.TakeDirty())
            {
                Refresh(state, null);
            }
        }
    }

    /// <summary>Removes a listener from memory. The store has done its part already.</summary>
    public void Erase(UserId user)
    {
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
        foreach (var subscription in state.Subscriptions)
        {
            subscription.End();
        }

        DropLive(state);
        _runtime.RaiseStrangerSequence(state.Sequence + 1);
        _watched.Remove(state);
        _runtime.Unwatch(state);
        _runtime.Index?.Remove(state.Index);
        _runtime.Users.Remove(state);
    }

    private void Refresh(UserState state, long? acceptedTimestamp)
    {
        state.LastPushTimestamp = _time.GetTimestamp();
        HomePage? page = null;
        HomeRequest? shape = null;
        foreach (var subscription in state.Subscriptions)
        {
            if (page is null || shape != subscription.Request)
            {
                shape = subscription.Request;
                page = PageOf(state, shape);
            }

            if (subscription.LastPushed is null || !page.ShowsTheSameAs(subscription.LastPushed))
            {
                TimeSpan? latency = acceptedTimestamp is { } accepted ? _time.GetElapsedTime(accepted) : null;
                subscription.Push(page, latency);
                _runtime.Metrics.OnPushed(latency);
            }
        }
    }
}
