using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Storage.Keys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>The page's sign-in: a key or token comes once in a header, a cookie that no script can read stays.</summary>
internal static class SessionEndpoints
{
    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        var session = routes.MapGroup("/v1/session").WithTags("Access");
        session.MapGet("", Get).AllowAnonymous()
            .Documented("GetSession", "Whether keys are asked for, and who is signed in.");
        session.MapPost("", SignIn).RequireAuthorization(AccessPolicies.Reader)
            .Documented("SignIn", "Takes the key or token of the request into a cookie.", 401);
        session.MapDelete("", SignOut).AllowAnonymous()
            .Documented("SignOut", "Takes the cookie away and ends it.");
    }

    private static Ok<SessionResponse> Get(HttpContext context, KeyRing ring) =>
        TypedResults.Ok(SessionResponse.From(Caller.Of(context), !ring.IsOpen));

    private static Results<Ok<SessionResponse>, ProblemHttpResult> SignIn(
        HttpContext context, AccessTokens tokens, AuditTrail audit, BuddiesApiOptions options)
    {
        var caller = Caller.Of(context)!;
        if (caller.Key is not { } key)
        {
            return Problem.Of(ProblemKind.NoKeys, "This server asks for no keys.");
        }

        if (key.Role == AccessRole.Backend && caller.Role == AccessRole.Backend)
        {
            return Problem.Of(ProblemKind.Forbidden, "A backend's key is for servers; sign in with an operator's key or a listener's token.");
        }

        var given = context.Request.Headers.Authorization.ToString();
        var (token, expires) = caller.TokenId is not null
            ? (given[(given.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim(), caller.Expires!.Value)
            : Issue(tokens, key, options.Security.SessionLifetime);
        if (token.Length == 0)
        {
            return Problem.Of(ProblemKind.InvalidHeader, "Send the key or token in Authorization: Bearer.");
        }

        SessionCookie.Write(context, token, expires);
        audit.Write(context, "sign in", caller.Role == AccessRole.Client ? "page of a listener" : "page", StatusCodes.Status200OK);
        return TypedResults.Ok(SessionResponse.From(caller, isKeyAskedFor: true));
    }

    private static NoContent SignOut(HttpContext context, KeyRing ring, TimeProvider time, BuddiesApiOptions options)
    {
        // A client's token is its application's to revoke; a sign-in that was made here ends here.
        if (Caller.Of(context) is { TokenId: { } id } caller && caller.Role == caller.Key?.Role)
        {
            ring.Revoke(id, caller.Expires ?? time.GetUtcNow() + options.Security.SessionLifetime);
        }

        SessionCookie.Delete(context);
        return TypedResults.NoContent();
    }

    private static (string Token, DateTimeOffset Expires) Issue(AccessTokens tokens, AccessKey key, TimeSpan lifetime)
    {
        var (token, payload) = tokens.Issue(key, null, lifetime);
        return (token, DateTimeOffset.FromUnixTimeSeconds(payload.Expires));
    }
}
