using Buddies.Api.Problems;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>The parameters that Home and its live stream share.</summary>
/// <param name="Shelves">Most shelves, 1 to 10.</param>
/// <param name="Cards">Most cards on a shelf, 1 to 50.</param>
/// <param name="Exclude">At most 200 playlist ids separated by commas.</param>
/// <param name="Discovery">Between the familiar, 0, and discoveries, 1.</param>
internal sealed record HomeQuery(string? Shelves, string? Cards, string? Exclude, string? Discovery)
{
    /// <summary>Reads everything.</summary>
    /// <returns>Null, or the answer when something is wrong.</returns>
    public static ProblemHttpResult? Read(
        HttpContext context, string routeId, HomeQuery parameters, QueryReader query, out UserId user, out HomeRequest request)
    {
        var fallback = HomeRequest.Default;
        var error = PathId.FindError(context, routeId, out var id);
        user = new UserId(id);
        request = new HomeRequest(
            query.Number(parameters.Shelves, "shelves", 1, HomeRequest.MaxShelves, fallback.Shelves),
            query.Number(parameters.Cards, "cards", 1, HomeRequest.MaxCards, fallback.Cards),
            [.. query.Ids(parameters.Exclude, "exclude", HomeRequest.MaxExclude).Select(p => new PlaylistId(p))])
        {
            Discovery = query.Share(parameters.Discovery, "discovery"),
        };
        return error is null ? query.Refusal : Problem.InvalidId(error);
    }

    /// <summary>Documents them.</summary>
    public static RouteHandlerBuilder Document(RouteHandlerBuilder builder) => builder
        .WithRange("shelves", 1, HomeRequest.MaxShelves, HomeRequest.Default.Shelves)
        .WithRange("cards", 1, HomeRequest.MaxCards, HomeRequest.Default.Cards);
}
