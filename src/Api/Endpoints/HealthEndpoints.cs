using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>Probes.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Operation").AllowAnonymous();
        health.MapGet("/live", () => TypedResults.Ok(new HealthResponse("live")))
            .Documented("GetLiveness", "Whether the process answers.");
        health.MapGet("/ready", GetReady)
            .Documented("GetReadiness", "Whether the recommender serves; names the part that does not.");
    }

    private static Results<Ok<HealthResponse>, ProblemHttpResult> GetReady(IRecommender recommender)
    {
        var status = recommender.Status;
        var parts = HealthPartResponse.From(recommender.Health);
        var ill = recommender.Health.FirstOrDefault(part => !part.IsWell)?.Name ?? "recommender";
        return status.Ready
            ? TypedResults.Ok(new HealthResponse("ready", status.Stage, status.Version.Value, parts))
            : Problem.Of(
                ProblemKind.NotReady, $"The recommender is not ready: {status.Stage}.", ("part", ill), ("stage", status.Stage), ("parts", parts));
    }
}
