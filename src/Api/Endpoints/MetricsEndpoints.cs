using Buddies.Api.Metrics;
using Buddies.Api.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>Prometheus' view.</summary>
internal static class MetricsEndpoints
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes
        .MapGet("/metrics", GetAsync)
        .RequireAuthorization(AccessPolicies.Scraper)
        .WithMetadata(OperatorCall.Instance)
        .WithTags("Operation")
        .Produces<string>(200, PrometheusScrape.ContentType)
        .Documented("GetMetrics", "Every metric in the Prometheus text format 0.0.4.")
        .DisableHttpMetrics();

    private static async Task<FileContentHttpResult> GetAsync(PrometheusScrape scrape, CancellationToken cancellationToken) =>
        TypedResults.Bytes(await scrape.CollectAsync(cancellationToken), PrometheusScrape.ContentType);
}
