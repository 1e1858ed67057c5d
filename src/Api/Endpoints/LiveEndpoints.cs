using System.Globalization;
using Buddies.Api.Contracts;
using Buddies.Api.Live;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Buddies.Api.Endpoints;

/// <summary>A listener's page and buddies, pushed with every change.</summary>
internal static class LiveEndpoints
{
    public static void MapLive(this IEndpointRouteBuilder routes) => HomeQuery.Document(routes
        .MapGet("/v1/users/{id}/home/live", GetAsync)
        .RequireAuthorization(AccessPolicies.Listener)
        .RequireRateLimiting(KeyLimits.Streams)
        .WithTags("Listeners")
        .Produces<LiveEvent>(200, "text/event-stream")
        .Documented(
            "GetHomeLive",
            "The page and the buddies now and after every change, as server-sent events: home carries a HomeResponse, buddies a BuddiesResponse of the 20 nearest.",
            429)
        .WithRange("lastEventId", 0, long.MaxValue)
        .DisableHttpMetrics());

    private static Results<HomeStream, ProblemHttpResult> GetAsync(
        HttpContext context,
        IRecommender recommender,
        LiveStreams streams,
        string id,
        string? shelves,
        string? cards,
        string? exclude,
        string? discovery,
        string? lastEventId,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventIdHeader)
    {
        var query = new QueryReader();
        var parameters = new HomeQuery(shelves, cards, exclude, discovery);
        var last = query.Number(lastEventId, "lastEventId", 0, long.MaxValue) ?? LastSequence(lastEventIdHeader);
        if (HomeQuery.Read(context, id, parameters, query, out var user, out var request) is { } refusal)
        {
            return refusal;
        }

        if (recommender.Status is { Ready: false } status)
        {
            return Problem.Retry(context, ProblemKind.Unavailable, $"Not ready yet: {status.Stage}.", TimeSpan.FromSeconds(1));
        }

        return streams.TryOpen(recommender, user, request, last, Caller.Of(context) ?? Caller.Local) is { } stream
            ? stream
            : Problem.Retry(context, ProblemKind.TooManyStreams, "No more live streams can be opened.", TimeSpan.FromSeconds(5));
    }

    // A browser repeats the header by itself for ever: one that cannot be read must not lock it out.
    private static long? LastSequence(string? header) =>
        long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : null;
}
