using System.Runtime.CompilerServices;
using Buddies.Engine.Buddies;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    /// <summary>A listener's page as of now.</summary>
    public ValueTask<HomePage> HomeAsync(UserId user, HomeRequest request, CancellationToken cancellationToken)
    {
        CheckReady();
        return OwnerOf(user).AskAsync(partition => partition.Home(user, request), cancellationToken);
    }

    /// <summary>A listener's nearest listeners.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="count">How many; there are never more than <see cref="EmbeddedOptions.Buddies"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<BuddyList> BuddiesAsync(UserId user, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        CheckReady();
        return OwnerOf(user).AskAsync(partition => partition.Buddies(user, count), cancellationToken);
    }

    /// <summary>A listener's taste in musical facts.</summary>
    public ValueTask<TasteSummary> TasteAsync(UserId user, CancellationToken cancellationToken)
    {
        CheckReady();
        return OwnerOf(user).AskAsync(partition => partition.Taste(user), cancellationToken);
    }

    /// <summary>A playlist's contents as the viewer may see them.</summary>
    public async ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist, UserId? viewer, CancellationToken cancellationToken)
    {
        CheckReady();
        if (!Catalogue.TryFind(playlist, out var index)
            || (viewer is { } looking && Catalogue.Describe(index) is { } contents && Visibility.AreApart(looking, contents.Owner)))
        {
            return null;
        }

        var followers = Popular.FollowersOf(index);
        return viewer is not { } user
            ? PlaylistViewer.Show(Catalogue, index, followers, null, null)
            : await OwnerOf(user).AskAsync(
                _ => PlaylistViewer.Show(Catalogue, index, followers, user, Users.Find(user)?.Facts),
                cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Listeners whose id contains a text; those with the most to show first.</summary>
    public ValueTask<IReadOnlyList<ListenerSummary>> FindListenersAsync(string query, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckReady();
        var found = new List<ListenerSummary>();
        foreach (var state in Users.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (state.Facts.EventCount > 0 && (state.Id.Value == query || !Visibility.IsInvisible(state.Id)) && (query.Length == 0 || state.Id.Value.Contains(query, StringComparison.OrdinalIgnoreCase)))
            {
                var playlists = 0;
                foreach (var playlist in Catalogue.PlaylistsOf(state.Id))
                {
                    playlists += Catalogue.Describe(playlist) is { IsPublic: true } ? 1 : 0;
                }

                found.Add(new ListenerSummary(state.Id, state.Facts.TrackCount, playlists));
            }
        }

        // An exact match first; then, of a search, the shortest ids; of no search, the listeners with most facts.
        found.Sort((left, right) =>
        {
            var exact = (right.User.Value == query).CompareTo(left.User.Value == query);
            var size = query.Length > 0
                ? left.User.Value.Length.CompareTo(right.User.Value.Length)
                : right.Tracks.CompareTo(left.Tracks);
            return exact != 0 ? exact : size != 0 ? size : string.CompareOrdinal(left.User.Value, right.User.Value);
        });
        return ValueTask.FromResult<IReadOnlyList<ListenerSummary>>(found.Count > limit ? found.GetRange(0, limit) : found);
    }

    /// <summary>A listener's page and buddies now and after every change, the latest only when the reader is slow.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="request">The page's shape.</param>
    /// <param name="lastSequence">The last sequence the client has of either; null for none.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    /// <returns>Pages and lists with growing sequence; ends when the listener is erased or the runtime stops.</returns>
    public async IAsyncEnumerable<LiveUpdate> HomeLiveAsync(
        UserId user, HomeRequest request, long? lastSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CheckReady();
        var subscription = new LiveSubscription(request);
        var owner = OwnerOf(user);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        try
        {
            await owner.AskAsync(
                partition =>
                {
                    partition.Subscribe(user, subscription, lastSequence);
                    return true;
                },
                CancellationToken.None).ConfigureAwait(false);
            while (await WaitAsync(subscription, stop.Token).ConfigureAwait(false))
            {
                while (subscription.TryTake(out var update, out var sent))
                {
                    yield return update;

                    // The reader is back for more: the update has left for the client.
                    if (sent is not null && !owner.TryPost(partition => partition.OnStreamed(sent)))
                    {
                        Metrics.Home.OnImpressionsLost(1);
                    }
                }
            }
        }
        finally
        {
            await UnsubscribeAsync(owner, user, subscription).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Waits where the inbox is full: a subscription that stayed would have pages made for nobody, for ever.</summary>
    private static async ValueTask UnsubscribeAsync(Partition owner, UserId user, LiveSubscription subscription)
    {
        try
        {
            await owner.PostAsync(partition => partition.Unsubscribe(user, subscription), CancellationToken.None).ConfigureAwait(false);
        }
        catch (RecommenderUnavailableException)
        {
            // The runtime stops, and the subscription with it.
        }
    }

    private static async ValueTask<bool> WaitAsync(LiveSubscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            return await subscription.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
