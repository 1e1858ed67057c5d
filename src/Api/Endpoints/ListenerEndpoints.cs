using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Storage.Audit;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>Finding listeners, and forgetting them.</summary>
internal static class ListenerEndpoints
{
    private const int MaxFound = 100;
    private const int DefaultFound = 20;

    public static void MapListeners(this IEndpointRouteBuilder routes)
    {
        var listeners = routes.MapGroup("/v1/users").WithTags("Listeners");
        listeners.MapGet("", FindAsync)
            .RequireAuthorization(AccessPolicies.Issuer)
            .Documented("FindListeners", "Listeners whose id contains a text; without one, those with the most to show.")
            .WithRange("limit", 1, MaxFound, DefaultFound);
        listeners.MapDelete("/{id}", EraseAsync)
            .RequireAuthorization(AccessPolicies.Listener)
            .Documented("EraseListener", "Removes a listener from every answer at once, and from the store.");
    }

    private static async Task<Results<Ok<ListenersResponse>, ProblemHttpResult>> FindAsync(
        HttpContext context, IRecommender recommender, string? query, string? limit)
    {
        var parameters = new QueryReader();
        var text = parameters.Text(query, "query", EventRules.MaxIdLength);
        var count = parameters.Number(limit, "limit", 1, MaxFound, DefaultFound);
        if (parameters.Refusal is { } refusal)
        {
            return refusal;
        }

        return TypedResults.Ok(ListenersResponse.From(await recommender.FindListenersAsync(text, count, context.RequestAborted)));
    }

    private static async Task<Results<Accepted<ErasureResponse>, ProblemHttpResult>> EraseAsync(
        HttpContext context, IRecommender recommender, AuditTrail audit, string id)
    {
        if (PathId.FindError(context, id, out id) is { } error)
        {
            return Problem.InvalidId(error);
        }

        var receipt = await recommender.EraseAsync(new UserId(id), context.RequestAborted);
        audit.Write(context, "erase", AuditLog.Pseudonym(new UserId(id)), StatusCodes.Status202Accepted);
        return TypedResults.Accepted((string?)null, ErasureResponse.From(receipt));
    }
}
