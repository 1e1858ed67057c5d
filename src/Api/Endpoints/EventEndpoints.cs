using Buddies.Api.Bodies;
using Buddies.Api.Contracts;
using Buddies.Api.Idempotency;
using Buddies.Api.Metrics;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Engine.Events;
using Buddies.Engine.Serving;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>What listeners do, in batches.</summary>
internal static class EventEndpoints
{
    /// <summary>Far more than the longest acceptable event takes.</summary>
    private const int MaxEventBytes = 16 * 1024;

    public static void MapEvents(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/events", PostAsync)
        .AcceptsBatch<EventItem>()
        .RequireAuthorization(AccessPolicies.Events)
        .WithTags("Events")
        .WithHeader(IngestHeaders.KeyHeader, "The same key with the same body is answered as before, and has no second effect.")
        .WithHeader(IngestHeaders.ProducerHeader, "The producer's name; producers of different names get equal shares.")
        .Documented("PostEvents", "Accepts a batch of events once it is durable; a bad event is refused alone.", 413, 415, 422, 429);

    private static async Task<Results<Accepted<EventsResponse>, ProblemHttpResult>> PostAsync(
        HttpContext context,
        BatchReader reader,
        IdempotencyKeys keys,
        IRecommender recommender,
        TimeProvider time,
        BuddiesApiOptions options,
        BuddiesApiMetrics metrics,
        string? wait)
    {
        var query = new QueryReader();
        var waitsForEffect = query.Word(wait, "wait", "durable", "applied") == "applied";
        var badHeader = IngestHeaders.Read(context, out var headers);
        if ((query.Refusal ?? badHeader) is { } badRequest)
        {
            return badRequest;
        }

        var parser = new EventParser(time.GetUtcNow());
        var format = new ItemFormat<UserEvent>(parser.Parse, parser.TryParseQuickly, MaxEventBytes);
        var (batch, refusal, digest) = await reader.ReadAsync(
            context, EventScope.Narrow(format, Caller.Of(context) ?? Caller.Local), headers.Key is not null);
        if (refusal is not null)
        {
            return refusal;
        }

        var terms = new IngestTerms(headers.Producer, waitsForEffect ? options.WaitForEffect : null);
        if (headers.Key is not { } key)
        {
            return TypedResults.Accepted((string?)null, await IngestAsync(batch, terms, recommender, metrics, context.RequestAborted));
        }

        // Not given up with the request: whoever repeats it is to find the answer.
        var (answer, isReplay) = await keys.AnswerAsync(
            headers.Name, key, digest!, () => IngestAsync(batch, terms, recommender, metrics, CancellationToken.None), context.RequestAborted);
        if (answer is null)
        {
            return Problem.Of(ProblemKind.KeyReused, "A key stands for one body; take a new key for another.");
        }

        if (isReplay)
        {
            context.Response.Headers["Idempotency-Replayed"] = "true";
        }

        return TypedResults.Accepted((string?)null, answer);
    }

    private static async Task<EventsResponse> IngestAsync(
        Batch<UserEvent> batch, IngestTerms terms, IRecommender recommender, BuddiesApiMetrics metrics, CancellationToken cancellationToken)
    {
        var result = batch.Items.Count == 0
            ? new IngestResult(0, 0, IsApplied: true)
            : await recommender.IngestAsync(batch.Items, terms, cancellationToken);
        metrics.OnEventsIngested(result.Accepted, result.Duplicates, batch.Rejected.Count);
        return new EventsResponse(result.Accepted, result.Duplicates, batch.Rejected, terms.WaitApplied is null ? null : result.IsApplied);
    }
}
