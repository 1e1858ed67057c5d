using Buddies.Api.Problems;

namespace Buddies.Api.Security;

/// <summary>Keeps other sites' pages, open in the same browser, from using what it may do here: without keys everything, with them the sign-in.</summary>
internal static class BrowserRules
{
    /// <summary>
    /// Refuses names that were made to resolve to loopback (DNS rebinding), where no keys are asked for, and other origins'
    /// writes (CSRF), but for those that carry a key or token of their own: those a foreign page cannot have.
    /// </summary>
    public static IApplicationBuilder UseBrowserRules(this IApplicationBuilder app, SecurityOptions options) => app.Use(async (context, next) =>
    {
        var request = context.Request;
        if (!options.HasKeys && request.Host.HasValue && !LoopbackAddresses.IsLoopback(request.Host.Host))
        {
            await Problem.Of(ProblemKind.ForeignHost, "The Host header names another machine; use localhost, 127.0.0.1 or [::1].")
                .ExecuteAsync(context);
        }
        else if (Writes(request) && !(options.HasKeys && request.Headers.Authorization.Count > 0) && ComesFromElsewhere(request))
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
