using Buddies.Api.Security;

namespace Buddies.Api.Contracts;

/// <summary>What a token is asked for with.</summary>
/// <param name="UserId">The one listener it is for.</param>
/// <param name="ExpiresInSeconds">How long it is good; an hour when absent, a day at most.</param>
public sealed record TokenRequest(string? UserId = null, int? ExpiresInSeconds = null);

/// <summary>A token; shown once.</summary>
/// <param name="Token">To be sent as <c>Authorization: Bearer</c>.</param>
/// <param name="TokenId">To revoke it by.</param>
/// <param name="UserId">The one listener it is for.</param>
/// <param name="Expires">Its end.</param>
public sealed record TokenResponse(string Token, string TokenId, string UserId, DateTimeOffset Expires);

/// <summary>Who is signed in.</summary>
/// <param name="KeysAskedFor">Whether the server asks for keys at all.</param>
/// <param name="Role">producer, backend, client, operator; null for nobody; local without keys.</param>
/// <param name="Name">The key's name; null for nobody.</param>
/// <param name="UserId">A client's one listener.</param>
/// <param name="Expires">When the sign-in, key or token ends.</param>
public sealed record SessionResponse(bool KeysAskedFor, string? Role = null, string? Name = null, string? UserId = null, DateTimeOffset? Expires = null)
{
    internal static SessionResponse From(Caller? caller, bool isKeyAskedFor) => caller is null
        ? new(isKeyAskedFor)
        : new(isKeyAskedFor, caller.Role?.ToString().ToLowerInvariant() ?? "local", caller.Name, caller.User?.Value, caller.Expires);
}
