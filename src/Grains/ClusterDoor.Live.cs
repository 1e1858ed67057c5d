using System.Runtime.CompilerServices;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Grains;

public sealed partial class ClusterDoor
{
    /// <summary>A listener's page and buddies now and after every change, the latest only when the reader is slow.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="request">The page's shape.</param>
    /// <param name="lastSequence">The last sequence the client has of either; null for none.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    /// <remarks>
    /// The subscription is renewed again and again with the last number sent. When the listener's silo is lost, the renewal
    /// brings the listener back on another, whose numbers are higher, and the latest state is sent.
    /// </remarks>
    public async IAsyncEnumerable<LiveUpdate> HomeLiveAsync(
        UserId user, HomeRequest request, long? lastSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CheckReady();
        var inbox = new LiveInbox();
        var observer = _grains.CreateObjectReference<IHomeObserver>(inbox);
        try
        {
            var isSubscribed = await TrySubscribeAsync(user, observer, request, lastSequence).ConfigureAwait(false);
            if (!isSubscribed)
            {
                throw new RecommenderUnavailableException("The listener's silo does not answer.");
            }

            var sent = 0L;
            var renewedAt = _time.GetTimestamp();
            while (_view.IsReady && !inbox.IsEnded)
            {
                while (inbox.TryTake(out var update))
                {
                    if (update.Sequence > sent)
                    {
                        sent = update.Sequence;
                        yield return update;
                        if (_options.Home is not null && update is HomeUpdate)
                        {
                            await TellSentAsync(user, sent).ConfigureAwait(false);
                        }
                    }
                }

                var left = _options.RenewInterval - _time.GetElapsedTime(renewedAt);
                if (left <= TimeSpan.Zero || !await inbox.WaitAsync(left, _time, cancellationToken).ConfigureAwait(false))
                {
                    await TrySubscribeAsync(user, observer, request, sent > 0 ? sent : lastSequence).ConfigureAwait(false);
                    renewedAt = _time.GetTimestamp();
                }
            }
        }
        finally
        {
            await UnsubscribeAsync(user, observer).ConfigureAwait(false);
            GC.KeepAlive(inbox); // The cluster knows it by a weak reference.
        }
    }

    private async Task<bool> TrySubscribeAsync(UserId user, IHomeObserver observer, HomeRequest request, long? lastSequence)
    {
        try
        {
            await ListenerOf(user).SubscribeAsync(observer, request, lastSequence).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (ClusterFailures.IsPassing(e))
        {
            return false;
        }
    }

    /// <summary>The reader is back for more: the page has left for the client.</summary>
    private async Task TellSentAsync(UserId user, long sequence)
    {
        try
        {
            await ListenerOf(user).SentAsync(sequence).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailures.IsPassing(e))
        {
            // Then nothing is learned from this page.
        }
    }

    private async Task UnsubscribeAsync(UserId user, IHomeObserver observer)
    {
        try
        {
            await ListenerOf(user).UnsubscribeAsync(observer).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailures.IsPassing(e))
        {
            // It is left out when it is not renewed.
        }

        _grains.DeleteObjectReference<IHomeObserver>(observer);
    }
}
