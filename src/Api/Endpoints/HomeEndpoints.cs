using Buddies.Api.Contracts;
using Buddies.Api.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>A listener's page.</summary>
internal static class HomeEndpoints
{
    public static void MapHome(this IEndpointRouteBuilder routes) => HomeQuery.Document(routes
        .MapGet("/v1/users/{id}/home", GetAsync)
        .RequireAuthorization(AccessPolicies.Listener)
        .WithTags("Listeners")
        .Documented("GetHome", "A listener's page as of now, all from one snapshot."));

    private static async Task<Results<Ok<HomeResponse>, ProblemHttpResult>> GetAsync(
        HttpContext context, IRecommender recommender, string id, string? shelves, string? cards, string? exclude, string? discovery)
    {
        var parameters = new HomeQuery(shelves, cards, exclude, discovery);
        if (HomeQuery.Read(context, id, parameters, new QueryReader(), out var user, out var request) is { } refusal)
        {
            return refusal;
        }

        var page = await recommender.HomeAsync(user, request, context.RequestAborted);
        return TypedResults.Ok(HomeResponse.From(page));
    }
}
