using Buddies.Api.Contracts;
using Buddies.Api.Security;
using Buddies.Engine.Serving;

namespace Buddies.Api.Live;

/// <summary>The answer that is a stream of pages and lists of buddies: each when it comes, a comment when none came for a while.</summary>
/// <remarks>
/// An update is taken from the runtime only after the one before has left for the client. A slow reader therefore holds
/// back its own subscription and nothing else; what it misses in the meantime the runtime collapses to the latest.
/// </remarks>
internal sealed class HomeStream(LiveStreams streams, Caller caller, Func<CancellationToken, IAsyncEnumerable<LiveUpdate>> subscribe) : IResult
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var right = streams.Watch(caller);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, streams.Stopping, right.Token);
        try
        {
            await using var updates = subscribe(ending.Token).GetAsyncEnumerator(ending.Token);
            var next = updates.MoveNextAsync().AsTask();
            if (next.IsFaulted)
            {
                await next; // A runtime that refuses at once is still in time for a problem.
            }

            await PumpAsync(httpContext, updates, next, ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reader has left, the right to read has ended, or the host stops: all are how a stream ends.
        }
        catch (Exception e) when (httpContext.Response.HasStarted && e is RecommenderUnavailableException or IOException)
        {
            // The stream ends here; the client comes back and is told why.
        }
        finally
        {
            streams.Closed();
        }
    }

    private async Task PumpAsync(
        HttpContext context, IAsyncEnumerator<LiveUpdate> updates, Task<bool> next, CancellationTokenSource ending)
    {
        var writer = new ServerSentEventWriter(context.Response);
        using var heartbeat = new PeriodicTimer(streams.Heartbeat, streams.Time);
        var tick = heartbeat.WaitForNextTickAsync(ending.Token).AsTask();
        try
        {
            await writer.StartAsync(s_retry, ending.Token);
            while (true)
            {
                if (await Task.WhenAny(next, tick) == tick)
                {
                    await tick;
                    await writer.CommentAsync(ending.Token);
                    tick = heartbeat.WaitForNextTickAsync(ending.Token).AsTask();
                }
                else if (await next)
                {
                    await WriteAsync(writer, updates.Current, ending.Token);
                    next = updates.MoveNextAsync().AsTask();
                }
                else
                {
                    return;
                }
            }
        }
        finally
        {
            // An enumerator may not be disposed while it moves: end the move first, whatever it says then.
            await ending.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ((Task)tick).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteAsync(ServerSentEventWriter writer, LiveUpdate update, CancellationToken cancellationToken)
    {
        switch (update)
        {
            case HomeUpdate home:
                await writer.EventAsync("home", home.Sequence, HomeResponse.From(home), ApiJson.Default.HomeResponse, cancellationToken);
                streams.Metrics.OnPagePushed(home.Latency);
                break;
            case BuddiesUpdate buddies:
                await writer.EventAsync("buddies", buddies.Sequence, BuddiesResponse.From(buddies), ApiJson.Default.BuddiesResponse, cancellationToken);
                streams.Metrics.OnListPushed();
                break;
            default:
                throw new InvalidOperationException($"Expected a page or buddies, got {update.GetType().Name}.");
        }
    }
}
