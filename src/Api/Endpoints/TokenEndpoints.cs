using Buddies.Api.Bodies;
using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Audit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>Tokens for one listener each: issued by an application's servers, held by its clients.</summary>
internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var tokens = routes.MapGroup("/v1/tokens").WithTags("Access").RequireAuthorization(AccessPolicies.Issuer);
        tokens.MapPost("", IssueAsync)
            .Accepts<TokenRequest>("application/json")
            .Documented("IssueToken", "A token that lets a client be one listener for a while.", 401, 413, 415);
        tokens.MapDelete("/{tokenId}", Revoke)
            .Documented("RevokeToken", "Ends a token before its time; its live streams end with it.", 401);
    }

    private static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> IssueAsync(
        HttpContext context, AccessTokens tokens, AuditTrail audit, SecurityMetrics metrics, BuddiesApiOptions options)
    {
        var (request, refusal) = await SmallBody.ReadAsync(context, ApiJson.Default.TokenRequest);
        if (refusal is not null)
        {
            return refusal;
        }

        if (Caller.Of(context)?.Key is not { } key)
        {
            return Problem.Of(ProblemKind.NoKeys, "This server asks for no keys, so there is nothing to issue.");
        }

        var lifetime = request?.ExpiresInSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : options.Security.TokenLifetime;
        var most = options.Security.MaxTokenLifetime;
        if ((EventRules.FindIdError(request?.UserId, "userId")
            ?? (lifetime <= TimeSpan.Zero || lifetime > most ? $"expiresInSeconds: expected 1 to {most.TotalSeconds:0}" : null)) is { } error)
        {
            return Problem.Of(ProblemKind.InvalidBody, error);
        }

        var user = new UserId(request!.UserId!);
        var (token, payload) = tokens.Issue(key, user, lifetime);
        audit.Write(context, "issue token", $"{AuditLog.Pseudonym(user)}, token {payload.Id}", StatusCodes.Status200OK);
        metrics.OnTokenIssued();
        return TypedResults.Ok(new TokenResponse(token, payload.Id, user.Value, DateTimeOffset.FromUnixTimeSeconds(payload.Expires)));
    }

    private static Results<NoContent, ProblemHttpResult> Revoke(
        HttpContext context, string tokenId, KeyRing ring, AuditTrail audit, TimeProvider time, BuddiesApiOptions options)
    {
        if (tokenId.Length > 64 || !tokenId.All(char.IsAsciiLetterOrDigit))
        {
            return Problem.InvalidId("Expected a token's id, as it was issued.");
        }

        // The token itself is not here to be asked for its end: no token lasts longer than this.
        ring.Revoke(tokenId, time.GetUtcNow() + new[] { options.Security.MaxTokenLifetime, options.Security.SessionLifetime }.Max());
        audit.Write(context, "revoke token", $"token {tokenId}", StatusCodes.Status204NoContent);
        return TypedResults.NoContent();
    }
}
