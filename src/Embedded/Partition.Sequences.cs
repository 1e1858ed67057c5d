using Buddies.Engine.Buddies;
using Buddies.Engine.Home;
using Buddies.Engine.Serving;

namespace Buddies.Embedded;

/// <summary>
/// Numbers pages and lists of buddies, both of one listener from one counter. A number is never given to two different
/// pages of one shape, nor to two different lists. Whatever gets a new number is handed to the subscribers on the spot:
/// they are handed numbers in ascending order, so a client that comes back with one has everything up to it.
/// </summary>
internal sealed partial class Partition
{
    /// <summary>Few clients of one listener ask for more shapes of page than this.</summary>
    private const int KeptShapes = 4;

    /// <summary>Buddies of a live list: as many as <c>GET …/buddies</c> gives to who asks for no number.</summary>
    private const int LiveBuddies = 20;

    private (HomePage Page, SentPage? Sent) PageOf(UserState state, HomeRequest request, long? acceptedTimestamp = null)
    {
        var attention = Touch(state);
        var isFirst = attention.Sequence == 0;
        Begin(state, attention);
        BeginVisit(state, attention, isAsked: false);
        var result = HomeBuilder.Compose(InputsOf(state.Id, state.Facts, state, attention.Version), request, attention.Sequence);
        var page = result.Page;
        var at = attention.Pages.FindIndex(kept => IsSameShape(kept.Request, request));
        var isNew = at >= 0 ? !page.ShowsTheSameAs(attention.Pages[at].Page) : !isFirst;
        if (isNew)
        {
            result = result.WithSequence(++attention.Sequence);
            page = result.Page;
        }
        else if (at >= 0 && attention.Pages[at].Page.Sequence != page.Sequence)
        {
            page = page.WithSequence(attention.Pages[at].Page.Sequence);
        }

        // A page that shows the same is the same impression: the propensities that it was drawn with stand.
        var sent = !isNew && at >= 0 ? attention.Pages[at].Sent : result.Shown is { } shown ? new SentPage(shown) : null;
        Keep(attention, at, request, page, sent);
        if (isNew)
        {
            PushPage(attention, request, page, sent, acceptedTimestamp);
        }

        return (page, sent);
    }

    /// <summary>The nearest buddies as of now, with the number of the list.</summary>
    private (BuddyList List, long Sequence) ListOf(UserState state, long? acceptedTimestamp = null)
    {
        var attention = Touch(state);
        Begin(state, attention);
        var list = Describe(state, attention, LiveBuddies);
        if (attention.Buddies is { } kept && list.ShowsTheSameAs(kept.List))
        {
            return kept;
        }

        var numbered = (List: list, Sequence: ++attention.Sequence);
        attention.Buddies = numbered;
        foreach (var subscription in attention.Subscriptions)
        {
            subscription.Push(null, new BuddiesUpdate(list, numbered.Sequence, LatencyOf(acceptedTimestamp)));
            _runtime.Metrics.OnListPushed();
        }

        return numbered;
    }

    private void Begin(UserState state, Attention attention)
    {
        if (attention.Sequence == 0)
        {
            // Before the first event this listener was shown what strangers see; the first page of one's own is newer.
            attention.Sequence = _runtime.StrangerSequence + (state.Facts.EventCount > 0 ? 1 : 0);
        }
    }

    private static void Keep(Attention attention, int at, HomeRequest request, HomePage page, SentPage? sent)
    {
        var pages = attention.Pages;
        if (at < 0 && pages.Count >= KeptShapes)
        {
            // A shape that is watched stays: it would be sent again although nothing on it has changed.
            at = pages.FindIndex(kept => !attention.Subscriptions.Exists(s => IsSameShape(s.Request, kept.Request)));
        }

        if (at >= 0)
        {
            pages.RemoveAt(at);
        }

        pages.Add((request, page, sent));
    }

    private void PushPage(Attention attention, HomeRequest request, HomePage page, SentPage? sent, long? acceptedTimestamp)
    {
        foreach (var subscription in attention.Subscriptions)
        {
            if (IsSameShape(subscription.Request, request))
            {
                var latency = LatencyOf(acceptedTimestamp);
                subscription.Push(new HomeUpdate(page, latency), null, sent);
                _runtime.Metrics.OnPushed(latency);
            }
        }
    }

    private TimeSpan? LatencyOf(long? acceptedTimestamp) => acceptedTimestamp is { } accepted ? _time.GetElapsedTime(accepted) : null;

    private static bool IsSameShape(HomeRequest left, HomeRequest right) =>
        left.Shelves == right.Shelves && left.Cards == right.Cards && left.Discovery == right.Discovery && left.Exclude.SequenceEqual(right.Exclude);
}
