using Buddies.Api.Problems;

namespace Buddies.Api.Security;

/// <summary>Keeps other sites' pages, open in a browser on this machine, from using a server that asks for no keys.</summary>
internal static class BrowserRules
{
    /// <summary>Refuses names that were made to resolve to loopback (DNS rebinding) and other origins' writes (CSRF).</summary>
    public static IApplicationBuilder UseBrowserRules(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var request = context.Request;
        if (request.Host.HasValue && !LoopbackAddresses.IsLoopback(request.Host.Host))
        {
            await Problem.Of(ProblemKind.ForeignHost, "The Host header names another machine; use localhost, 127.0.0.1 or [::1].")
                .ExecuteAsync(context);
        }
        else if (Writes(request) && ComesFromElsewhere(request))
        {
            await Problem.Of(ProblemKind.ForeignOrigin, "A page of another origin may not change anything here.")
                .ExecuteAsync(context);
        }
        else
        {
            await next(context);
        }
    });

    private static bool Writes(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));

    private static bool ComesFromElsewhere(HttpRequest request)
    {
        // Another port of this machine is "same-site" but another origin: only one's own page may write.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "same-origin" or "none"))
        {
            return true;
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && !origin.Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }
}
