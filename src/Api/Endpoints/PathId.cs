using Buddies.Engine.Events;
using Microsoft.AspNetCore.Http.Features;

namespace Buddies.Api.Endpoints;

/// <summary>An id in a path, with every percent-encoding undone.</summary>
internal static class PathId
{
    /// <summary>Reads and checks the id of a route.</summary>
    /// <param name="context">The request.</param>
    /// <param name="routeValue">What routing found.</param>
    /// <param name="id">The id as the client meant it.</param>
    /// <returns>Null, or what is wrong with the id.</returns>
    public static string? FindError(HttpContext context, string routeValue, out string id)
    {
        id = Decode(context, routeValue);
        return EventRules.FindIdError(id, "id");
    }

    // The server decodes a path but leaves %2F as it is, so that "a%2Fb" (a/b) and "a%252Fb" (a%2Fb) look alike to routing.
    // The segment of the request line that reads like the route's value tells them apart.
    private static string Decode(HttpContext context, string routeValue)
    {
        if (!routeValue.Contains("%2F", StringComparison.OrdinalIgnoreCase))
        {
            return routeValue;
        }

        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = target.Split('?', 2)[0];
        var segment = path.Split('/').FirstOrDefault(s => AsRouting(s).Equals(routeValue, StringComparison.OrdinalIgnoreCase));
        return Uri.UnescapeDataString(segment ?? routeValue);
    }

    private static string AsRouting(string segment) =>
        Uri.UnescapeDataString(segment.Replace("%2F", "%252F", StringComparison.OrdinalIgnoreCase));
}
