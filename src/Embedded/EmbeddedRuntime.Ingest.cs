using Buddies.Engine.Events;
using Buddies.Engine.Serving;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    /// <summary>Makes valid events durable, then applies them; by nobody in particular, answered once they are durable.</summary>
    /// <param name="events">Events that passed <see cref="EventRules"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; what was appended stays accepted.</param>
    /// <exception cref="RecommenderBusyException">Too many events wait already; none of these was taken.</exception>
    /// <exception cref="RecommenderUnavailableException">The runtime is not ready, or the store cannot be written.</exception>
    public ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, CancellationToken cancellationToken) =>
        IngestAsync(events, new IngestTerms(""), cancellationToken);

    /// <summary>Makes valid events durable, then applies them.</summary>
    /// <param name="events">Events that passed <see cref="EventRules"/>.</param>
    /// <param name="terms">Who sends them, and what is waited for.</param>
    /// <param name="cancellationToken">Gives up waiting; what was appended stays accepted.</param>
    /// <returns>Once all are durable; where the terms say so, once their effects can be read, or have not come in time.</returns>
    /// <exception cref="RecommenderBusyException">Too many events wait already; none of these was taken.</exception>
    /// <exception cref="RecommenderUnavailableException">The runtime is not ready, or the store cannot be written.</exception>
    public async ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, IngestTerms terms, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        CheckReady();
        using var span = Traces.StartIngest(events.Count);
        var result = await _pump.IngestAsync(events, terms.Producer, cancellationToken).ConfigureAwait(false);
        return terms.WaitApplied is { } longest
            ? result with { IsApplied = await AreAppliedAsync(events, longest, cancellationToken).ConfigureAwait(false) }
            : result;
    }

    /// <summary>Asks every partition that has some of the events: the question stands behind them.</summary>
    private async ValueTask<bool> AreAppliedAsync(IReadOnlyList<UserEvent> events, TimeSpan longest, CancellationToken cancellationToken)
    {
        var owners = new HashSet<Partition>();
        for (var i = 0; i < events.Count; i++)
        {
            owners.Add(OwnerOf(events[i].User));
        }

        using var timeout = new CancellationTokenSource(longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await Task.WhenAll(owners.Select(owner => owner.AskAsync(static _ => true, either.Token).AsTask())).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (RecommenderUnavailableException)
        {
            // The server stops; the events are durable, and the next one applies them.
            return false;
        }
    }
}
