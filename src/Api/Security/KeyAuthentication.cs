using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Buddies.Api.Problems;
using Buddies.Storage.Keys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Buddies.Api.Security;

/// <summary>Finds out who asks: <c>Authorization: Bearer</c> with a key or a token, or the page's sign-in cookie.</summary>
/// <remarks>
/// A key is found by its id, which is no secret, and then compared by SHA-256 of its whole text in constant time: neither
/// the look-up nor the comparison tells how much of the secret was right. An unknown id is compared all the same.
/// </remarks>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    KeyRing ring,
    AccessTokens tokens,
    SecurityMetrics metrics,
    TimeProvider time) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Buddies";

    private const string Bearer = "Bearer ";
    private static readonly byte[] s_nobody = new byte[32];

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var isMissing = CredentialOf(Request) is null;
        metrics.OnRefused(isMissing ? SecurityRefusal.NoKey : SecurityRefusal.BadKey);
        Response.Headers.WWWAuthenticate = "Bearer";
        return Problem.Of(
            isMissing ? ProblemKind.KeyMissing : ProblemKind.KeyRefused,
            isMissing ? "Send Authorization: Bearer with a key or a token." : "The key or token is not known, has ended, or was revoked.").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        metrics.OnRefused(SecurityRefusal.Forbidden);
        return Problem.Of(ProblemKind.Forbidden, "This key or token is not for that.").ExecuteAsync(Context);
    }

    private AuthenticateResult Authenticate()
    {
        if (ring.IsOpen)
        {
            return Success(Caller.Local);
        }

        return CredentialOf(Request) is not { } credential ? AuthenticateResult.NoResult()
            : (FindKey(credential) ?? tokens.Find(credential)) is { } caller ? Success(caller)
            : AuthenticateResult.Fail("not good");
    }

    /// <summary>What a request holds up: the header, or else the cookie.</summary>
    private static string? CredentialOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim()
            : header.Length > 0 ? header
            : SessionCookie.Read(request);
    }

    private static AuthenticateResult Success(Caller caller) =>
        AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new CallerIdentity(caller)), SchemeName));

    private Caller? FindKey(string text)
    {
        if (!AccessKeyText.TryRead(text, out var id, out var sha256))
        {
            return null;
        }

        var key = ring.Find(id);
        var isRight = CryptographicOperations.FixedTimeEquals(sha256, key?.Sha256 ?? s_nobody);
        return isRight && key is not null && key.IsValidAt(time.GetUtcNow()) ? new Caller(key.Name, key) : null;
    }
}
