using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Engine.Identifiers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>A listener's nearest listeners.</summary>
internal static class BuddyEndpoints
{
    /// <summary>As many as a buddy set promises; nobody scans everybody for a longer list.</summary>
    private const int MaxBuddies = 50;

    private const int DefaultBuddies = 20;

    public static void MapBuddies(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/users/{id}/buddies", GetAsync)
        .RequireAuthorization(AccessPolicies.Listener)
        .WithTags("Listeners")
        .Documented("GetBuddies", "The listeners with the most similar taste.")
        .WithRange("k", 1, MaxBuddies, DefaultBuddies);

    private static async Task<Results<Ok<BuddiesResponse>, ProblemHttpResult>> GetAsync(
        HttpContext context, IRecommender recommender, string id, string? k)
    {
        if (PathId.FindError(context, id, out id) is { } error)
        {
            return Problem.InvalidId(error);
        }

        var query = new QueryReader();
        var count = query.Number(k, "k", 1, MaxBuddies, DefaultBuddies);
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return TypedResults.Ok(BuddiesResponse.From(await recommender.BuddiesAsync(new UserId(id), count, context.RequestAborted)));
    }
}
