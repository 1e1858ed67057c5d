using Buddies.Api.Bodies;
using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Storage.Audit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>What a listener has a right to: being seen or not, all that is held about them, and to be forgotten.</summary>
internal static class PrivacyEndpoints
{
    private const int MaxBodyBytes = 512 * 1024;

    public static void MapPrivacy(this IEndpointRouteBuilder routes)
    {
        var listener = routes.MapGroup("/v1/users/{id}").WithTags("Listeners").RequireAuthorization(AccessPolicies.Listener);
        listener.MapGet("/privacy", GetAsync)
            .Documented("GetPrivacy", "What the listener chose about being seen.");
        listener.MapPut("/privacy", PutAsync)
            .Accepts<PrivacyItem>("application/json")
            .Documented("PutPrivacy", "Replaces the listener's choices; in force at once, in every answer.", 413, 415);
        listener.MapGet("/export", ExportAsync)
            .Documented("ExportListener", "Everything that is held about the listener, as one JSON document.");
        listener.MapGet("/erasure", GetErasureAsync)
            .Documented("GetErasure", "What is still pending of an erasure; nothing when it is done.", 404);
    }

    private static async Task<Results<Ok<PrivacyItem>, ProblemHttpResult>> GetAsync(HttpContext context, IRecommender recommender, string id) =>
        PathId.FindError(context, id, out id) is { } error
            ? Problem.InvalidId(error)
            : TypedResults.Ok(PrivacyItem.From(await recommender.PrivacyAsync(new UserId(id), context.RequestAborted)));

    private static async Task<Results<Ok<PrivacyItem>, ProblemHttpResult>> PutAsync(
        HttpContext context, IRecommender recommender, AuditTrail audit, string id)
    {
        if (PathId.FindError(context, id, out id) is { } idError)
        {
            return Problem.InvalidId(idError);
        }

        var (request, refusal) = await SmallBody.ReadAsync(context, ApiJson.Default.PrivacyItem, MaxBodyBytes);
        if (refusal is not null)
        {
            return refusal;
        }

        var blocked = (request?.Blocked ?? []).Distinct(StringComparer.Ordinal).ToArray();
        var error = request is null ? "expected an object with invisible and blocked"
            : blocked.Length > ListenerPrivacy.MaxBlocked ? $"blocked: expected at most {ListenerPrivacy.MaxBlocked} ids, got {blocked.Length}"
            : blocked.Contains(id) ? "blocked: a listener cannot block themselves"
            : blocked.Select(other => EventRules.FindIdError(other, "blocked")).FirstOrDefault(e => e is not null);
        if (error is not null)
        {
            return Problem.Of(ProblemKind.InvalidBody, error);
        }

        var privacy = new ListenerPrivacy(request!.Invisible, [.. blocked.Select(other => new UserId(other))]);
        await recommender.SetPrivacyAsync(new UserId(id), privacy, context.RequestAborted);
        WriteUnlessOwn(context, audit, "set privacy", id, StatusCodes.Status200OK);
        return TypedResults.Ok(PrivacyItem.From(privacy));
    }

    private static async Task<Results<Ok<ExportResponse>, ProblemHttpResult>> ExportAsync(
        HttpContext context, IRecommender recommender, IHomeDesk desk, AuditTrail audit, TimeProvider time, string id)
    {
        if (PathId.FindError(context, id, out id) is { } error)
        {
            return Problem.InvalidId(error);
        }

        var user = new UserId(id);
        var held = await recommender.HoldingsAsync(user, context.RequestAborted);
        var buddies = await recommender.BuddiesAsync(user, 50, context.RequestAborted);
        var home = await desk.HoldingsAsync(user, context.RequestAborted);
        WriteUnlessOwn(context, audit, "export", id, StatusCodes.Status200OK);
        return TypedResults.Ok(ExportResponse.From(held, buddies, home, time.GetUtcNow()));
    }

    private static async Task<Results<Ok<ErasureResponse>, ProblemHttpResult>> GetErasureAsync(HttpContext context, IRecommender recommender, string id)
    {
        if (PathId.FindError(context, id, out id) is { } error)
        {
            return Problem.InvalidId(error);
        }

        return await recommender.ErasureAsync(new UserId(id), context.RequestAborted) is { } receipt
            ? TypedResults.Ok(ErasureResponse.From(receipt))
            : Problem.Of(ProblemKind.NotErased, "There was no erasure of this id, or events under it came since.");
    }

    // A listener's own doings are not an operator's actions.
    private static void WriteUnlessOwn(HttpContext context, AuditTrail audit, string action, string id, int status)
    {
        if (Caller.Of(context)?.User is null)
        {
            audit.Write(context, action, AuditLog.Pseudonym(new UserId(id)), status);
        }
    }
}
