namespace Buddies.Api.Security;

/// <summary>The page's sign-in: a token in a cookie that no script can read and no other site can send.</summary>
internal static class SessionCookie
{
    private const string Plain = "buddies-session";

    // The prefix has browsers insist on Secure, on the path / and on this very host.
    private const string Secure = "__Host-buddies-session";

    public static string? Read(HttpRequest request) => request.Cookies[NameFor(request)] is { Length: > 0 } value ? value : null;

    public static void Write(HttpContext context, string token, DateTimeOffset expires) =>
        context.Response.Cookies.Append(NameFor(context.Request), token, OptionsFor(context.Request, expires));

    public static void Delete(HttpContext context) =>
        context.Response.Cookies.Delete(NameFor(context.Request), OptionsFor(context.Request, null));

    private static string NameFor(HttpRequest request) => request.IsHttps ? Secure : Plain;

    private static CookieOptions OptionsFor(HttpRequest request, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = request.IsHttps,
        Path = "/",
        Expires = expires,
    };
}
