using Buddies.Api.Endpoints;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Keys;
using Microsoft.AspNetCore.Authorization;

namespace Buddies.Api.Security;

/// <summary>Who may call what. An endpoint without one of these is the operator's.</summary>
internal static class AccessPolicies
{
    /// <summary>Whoever has a key or a token.</summary>
    public const string Anybody = nameof(Anybody);

    /// <summary>A producer, a backend, or a client for its own listener; the events themselves are judged one by one.</summary>
    public const string Events = nameof(Events);

    /// <summary>A producer whose line says so.</summary>
    public const string Catalogue = nameof(Catalogue);

    /// <summary>The listener of the path: their own client, a backend, an operator.</summary>
    public const string Listener = nameof(Listener);

    /// <summary>A client, a backend or an operator.</summary>
    public const string Reader = nameof(Reader);

    /// <summary>A backend or an operator.</summary>
    public const string Issuer = nameof(Issuer);

    /// <summary>An operator.</summary>
    public const string Operator = nameof(Operator);

    /// <summary>An operator; or, at the operator's own address, whoever reaches it: the figures name nobody.</summary>
    public const string Scraper = nameof(Scraper);

    public static void Add(AuthorizationOptions options, SecurityOptions security)
    {
        AddCheck(options, Anybody, (_, _) => true);
        AddCheck(options, Events, (caller, _) => caller.Is(AccessRole.Producer, AccessRole.Backend, AccessRole.Client));
        AddCheck(options, Catalogue, (caller, _) => caller.Key is null || (caller.Role == AccessRole.Producer && caller.Key.Catalogue));
        AddCheck(options, Listener, (caller, context) => caller.MaySee(ListenerOf(context)));
        AddCheck(options, Reader, (caller, _) => caller.Is(AccessRole.Client, AccessRole.Backend, AccessRole.Operator));
        AddCheck(options, Issuer, (caller, _) => caller.Is(AccessRole.Backend, AccessRole.Operator));
        AddCheck(options, Operator, (caller, _) => caller.Is(AccessRole.Operator));
        options.AddPolicy(Scraper, policy => policy.AddAuthenticationSchemes(KeyAuthentication.SchemeName).RequireAssertion(context =>
            Caller.Of(context.User)?.Is(AccessRole.Operator) == true
            || (context.Resource is HttpContext http && OperatorDoor.IsUsedBy(http, security))));
        options.DefaultPolicy = options.GetPolicy(Operator)!;
        options.FallbackPolicy = options.DefaultPolicy;
    }

    private static void AddCheck(AuthorizationOptions options, string name, Func<Caller, HttpContext, bool> mayCall) =>
        options.AddPolicy(name, policy => policy.AddAuthenticationSchemes(KeyAuthentication.SchemeName).RequireAssertion(context =>
            Caller.Of(context.User) is { } caller && context.Resource is HttpContext http && mayCall(caller, http)));

    // An id that breaks the rules is nobody's: a client hears 403, others the endpoint's 400.
    private static UserId ListenerOf(HttpContext context) =>
        PathId.FindError(context, (string?)context.Request.RouteValues["id"] ?? "", out var id) is null ? new UserId(id) : default;
}
