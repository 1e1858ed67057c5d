using System.Security.Claims;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Keys;

namespace Buddies.Api.Security;

/// <summary>Who asks: a key, or a token that a key has issued.</summary>
/// <param name="Name">The key's name; for a token that of the key that issued it.</param>
/// <param name="Key">The key, or the issuer's; null on a server without keys, where everybody on this machine may do everything.</param>
internal sealed record Caller(string Name, AccessKey? Key)
{
    /// <summary>Everybody, on a server without keys.</summary>
    public static readonly Caller Local = new("local", null);

    /// <summary>The role; null for <see cref="Local"/>.</summary>
    public AccessRole? Role { get; init; } = Key?.Role;

    /// <summary>The one listener of a client; null in other roles.</summary>
    public UserId? User { get; init; } = Key?.User is { } user ? new UserId(user) : null;

    /// <summary>The token's id; null for a key itself.</summary>
    public string? TokenId { get; init; }

    /// <summary>Not good from then on; null for no end.</summary>
    public DateTimeOffset? Expires { get; init; } = Key?.Expires;

    /// <summary>Whether this is one of some roles, or <see cref="Local"/>.</summary>
    public bool Is(params ReadOnlySpan<AccessRole> roles) => Role is not { } role || roles.Contains(role);

    /// <summary>Whether this may see what belongs to a listener.</summary>
    public bool MaySee(UserId user) => Is(AccessRole.Backend, AccessRole.Operator) || (Role == AccessRole.Client && User == user);

    /// <summary>What limits are counted by: a client's listener, whatever token they hold; else the key.</summary>
    public string LimitKey => Role is null ? "local" : Role == AccessRole.Client ? $"user {User}" : $"key {Key!.Id}";

    /// <summary>Who made a request; after authentication.</summary>
    public static Caller? Of(HttpContext context) => Of(context.User);

    /// <summary>Who it is.</summary>
    public static Caller? Of(ClaimsPrincipal principal) => (principal.Identity as CallerIdentity)?.Caller;
}

/// <summary>A caller as the framework's authorization sees one.</summary>
internal sealed class CallerIdentity(Caller caller) : ClaimsIdentity([new Claim(ClaimTypes.Name, caller.Name)], KeyAuthentication.SchemeName)
{
    public Caller Caller => caller;
}
