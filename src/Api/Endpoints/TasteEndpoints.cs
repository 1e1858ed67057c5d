using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Engine.Identifiers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>A listener's taste.</summary>
internal static class TasteEndpoints
{
    public static void MapTaste(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/users/{id}/taste", GetAsync)
        .RequireAuthorization(AccessPolicies.Listener)
        .WithTags("Listeners")
        .Documented("GetTaste", "A listener's taste in musical facts.");

    private static async Task<Results<Ok<TasteResponse>, ProblemHttpResult>> GetAsync(
        HttpContext context, IRecommender recommender, string id) =>
        PathId.FindError(context, id, out id) is { } error
            ? Problem.InvalidId(error)
            : TypedResults.Ok(TasteResponse.From(await recommender.TasteAsync(new UserId(id), context.RequestAborted)));
}
