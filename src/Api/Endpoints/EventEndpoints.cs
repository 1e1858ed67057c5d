using Buddies.Api.Bodies;
using Buddies.Api.Contracts;
using Buddies.Api.Metrics;
using Buddies.Engine.Events;
using Buddies.Engine.Serving;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>What listeners do, in batches.</summary>
internal static class EventEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/events", PostAsync)
        .AcceptsBatch<EventItem>()
        .WithTags("Events")
        .Documented("PostEvents", "Accepts a batch of events once it is durable; a bad event is refused alone.", 413, 415, 429);

    private static async Task<Results<Accepted<EventsResponse>, ProblemHttpResult>> PostAsync(
        HttpContext context, BatchReader reader, IRecommender recommender, TimeProvider time, BuddiesApiMetrics metrics)
    {
        var (batch, refusal) = await reader.ReadAsync<UserEvent>(context, new EventParser(time.GetUtcNow()).Parse);
        if (refusal is not null)
        {
            return refusal;
        }

        var result = batch.Items.Count == 0
            ? new IngestResult(0, 0)
            : await recommender.IngestAsync(batch.Items, context.RequestAborted);
        metrics.OnEventsIngested(result.Accepted, result.Duplicates, batch.Rejected.Count);
        return TypedResults.Accepted((string?)null, new EventsResponse(result.Accepted, result.Duplicates, batch.Rejected));
    }
}
