using System.Text.Json;
using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>How a listener's Home is decided: what the listener chooses, why a card is there, what lies under the hood.</summary>
internal static class HomeDeskEndpoints
{
    private const int MostBytes = 4096;

    public static void MapHomeDesk(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/users/{id}").WithTags("Listeners").RequireAuthorization(AccessPolicies.Listener);
        group.MapGet("/settings", GetSettingsAsync)
            .Documented("GetSettings", "What a listener has chosen about Home.", 404);
        group.MapPut("/settings", PutSettingsAsync)
            .Accepts<SettingsRequest>("application/json")
            .Documented("PutSettings", "Chooses between the familiar and discoveries; durable once answered.", 404, 413, 415);
        group.MapGet("/home/why", GetWhyAsync)
            .Documented("GetWhy", "How a card of a page came to stand where it stands.", 404);
        group.MapGet("/hood", GetHoodAsync)
            .Documented("GetHood", "How a listener's pages are decided.", 404);
    }

    private static async Task<Results<Ok<SettingsResponse>, ProblemHttpResult>> GetSettingsAsync(HttpContext context, IHomeDesk desk, string id) =>
        PathId.FindError(context, id, out id) is { } error ? Problem.InvalidId(error)
        : await desk.StoryAsync(new UserId(id), context.RequestAborted) is { } story ? TypedResults.Ok(SettingsResponse.From(id, story.Choice))
        : IsFixed();

    private static async Task<Results<Ok<SettingsResponse>, ProblemHttpResult>> PutSettingsAsync(HttpContext context, IHomeDesk desk, string id)
    {
        if (PathId.FindError(context, id, out id) is { } error)
        {
            return Problem.InvalidId(error);
        }

        var (request, refusal) = await ReadAsync(context);
        if (refusal is not null)
        {
            return refusal;
        }

        var user = new UserId(id);
        if (await desk.StoryAsync(user, context.RequestAborted) is not { } story)
        {
            return IsFixed();
        }

        var choice = new ListenerChoice(request.Discovery ?? story.Choice.Discovery);
        await desk.ChooseAsync(user, choice, context.RequestAborted);
        return TypedResults.Ok(SettingsResponse.From(id, choice));
    }

    private static async Task<Results<Ok<WhyResponse>, ProblemHttpResult>> GetWhyAsync(HttpContext context, IHomeDesk desk, string id, string? impressionId)
    {
        var query = new QueryReader();
        var impression = query.Id(impressionId ?? "", "impressionId");
        return PathId.FindError(context, id, out id) is { } error ? Problem.InvalidId(error)
            : query.Refusal is { } refusal ? refusal
            : await desk.WhyAsync(new UserId(id), impression!, context.RequestAborted) is { } story ? TypedResults.Ok(WhyResponse.From(story))
            : Problem.Of(ProblemKind.ImpressionNotFound, "It was on no page of this listener of late.");
    }

    private static async Task<Results<Ok<HoodResponse>, ProblemHttpResult>> GetHoodAsync(HttpContext context, IHomeDesk desk, string id) =>
        PathId.FindError(context, id, out id) is { } error ? Problem.InvalidId(error)
        : await desk.StoryAsync(new UserId(id), context.RequestAborted) is { } story ? TypedResults.Ok(HoodResponse.From(story))
        : IsFixed();

    private static ProblemHttpResult IsFixed() => Problem.Of(ProblemKind.HomeIsFixed, "This server shows the fixed page.");

    private static async ValueTask<(SettingsRequest Request, ProblemHttpResult? Refusal)> ReadAsync(HttpContext context)
    {
        var empty = new SettingsRequest();
        if (!context.Request.HasJsonContentType())
        {
            return (empty, Problem.Of(ProblemKind.UnsupportedMediaType, "Expected application/json."));
        }

        var body = new byte[MostBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > MostBytes)
        {
            return (empty, Problem.Of(ProblemKind.BodyTooLarge, $"Expected at most {MostBytes} bytes."));
        }

        try
        {
            var request = JsonSerializer.Deserialize(body.AsSpan(0, length), ApiJson.Default.SettingsRequest) ?? empty;
            return request.Discovery is null or (>= 0 and <= 1) ? (request, null) : (empty, Problem.Of(ProblemKind.InvalidBody, "discovery: expected a number from 0 to 1."));
        }
        catch (JsonException e)
        {
            return (empty, Problem.Of(ProblemKind.InvalidBody, e.Message));
        }
    }
}
