using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Engine.Identifiers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>What looks like somebody pushing a playlist, and an operator's word that it is not.</summary>
internal static class AnomalyEndpoints
{
    public static void MapAnomalies(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/anomalies").WithTags("Operation").ForOperators();
        group.MapGet("", Get)
            .Documented("GetAnomalies", "Playlists whose follows came faster than is believed, and how many do not count.");
        group.MapDelete("/{id}", BelieveAsync)
            .Documented("BelieveFollows", "Counts every follow of a playlist after all.", 404);
    }

    private static Ok<AnomaliesResponse> Get(IRecommender recommender) => TypedResults.Ok(new AnomaliesResponse(
        [.. recommender.Anomalies.Take(1000).Select(anomaly => new AnomalyResponse(anomaly.Playlist.Value, anomaly.Uncounted))]));

    private static async Task<Results<NoContent, ProblemHttpResult>> BelieveAsync(
        HttpContext context, IRecommender recommender, AuditTrail audit, string id)
    {
        if (PathId.FindError(context, id, out id) is { } error)
        {
            return Problem.InvalidId(error);
        }

        if (!await recommender.BelieveFollowsAsync(new PlaylistId(id), context.RequestAborted))
        {
            return Problem.Of(ProblemKind.PlaylistNotFound, "None of its follows was left out.");
        }

        audit.Write(context, "believe follows", $"playlist {id}", StatusCodes.Status204NoContent);
        return TypedResults.NoContent();
    }
}
