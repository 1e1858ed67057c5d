using Buddies.Api.Contracts;
using Buddies.Api.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>What the server holds.</summary>
internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/status", Get)
        .RequireAuthorization(AccessPolicies.Anybody)
        .WithTags("Operation")
        .Documented("GetStatus", "What the server holds and does at this moment.");

    private static Ok<StatusResponse> Get(IRecommender recommender, ICrowdStatus crowd) =>
        TypedResults.Ok(StatusResponse.From(recommender.Status, crowd));
}
