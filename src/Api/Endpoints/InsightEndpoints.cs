using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>What comes of Home, for the people who run it. Names no listener.</summary>
internal static class InsightEndpoints
{
    private const int MaxHours = 14 * 24;
    private const int DefaultHours = 24;
    private const int MaxPlaylists = 100;
    private const int DefaultPlaylists = 20;

    public static void MapInsights(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("Operation").RequireAuthorization(AccessPolicies.Operator);
        group.MapGet("/insights", GetInsightsAsync)
            .Documented("GetInsights", "Listening from recommended playlists against other, engagement by shelf, group, slice and model version, playlists, newcomers.", 404)
            .WithRange("hours", 1, MaxHours, DefaultHours)
            .WithRange("playlists", 0, MaxPlaylists, DefaultPlaylists);
        group.MapGet("/experiments", GetExperimentsAsync)
            .Documented("GetExperiments", "The experiments that run, and where each stands; may be looked at at any time.");
    }

    private static async Task<Results<Ok<InsightsResponse>, ProblemHttpResult>> GetInsightsAsync(
        HttpContext context, IHomeDesk desk, TimeProvider time, string? hours, string? playlists)
    {
        var query = new QueryReader();
        var back = query.Number(hours, "hours", 1, MaxHours, DefaultHours);
        var most = query.Number(playlists, "playlists", 0, MaxPlaylists, DefaultPlaylists);
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        // Whole hours: the one that is under way is the last.
        var now = time.GetUtcNow();
        var from = InsightsResponse.HourAt((now.ToUnixTimeSeconds() / 3600) + 1 - back);
        return await desk.InsightsAsync(from, most, context.RequestAborted) is { } report
            ? TypedResults.Ok(InsightsResponse.Of(report, from, now))
            : Problem.Of(ProblemKind.HomeIsFixed, "This server shows the fixed page.");
    }

    private static async Task<Ok<ExperimentsResponse>> GetExperimentsAsync(HttpContext context, IHomeDesk desk) => TypedResults.Ok(new ExperimentsResponse(
        [.. (await desk.ExperimentsAsync(context.RequestAborted)).Select(pair => ExperimentResponse.From(pair.Experiment, pair.Report))]));
}
