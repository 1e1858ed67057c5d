using System.Globalization;
using Buddies.Api.Bodies;
using Buddies.Api.Contracts;
using Buddies.Api.Problems;
using Buddies.Api.Security;
using Buddies.Engine.Identifiers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Buddies.Api.Endpoints;

/// <summary>Model versions: what there is, what serves, and an operator's wishes.</summary>
internal static class DoormanEndpoints
{
    private const int MaxJournal = 1000;
    private const int DefaultJournal = 50;
    private const int MaxWhy = 200;
    private const double DefaultPercent = 10;

    public static void MapDoorman(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("Operation").ForOperators();
        group.MapGet("/snapshots", GetSnapshotsAsync)
            .Documented("GetSnapshots", "Every model version, its state and what its manifest says.");
        group.MapGet("/doorman", GetDoormanAsync)
            .Documented("GetDoorman", "What serves, what is under way, how the canary does, and the end of the journal.")
            .WithRange("journal", 0, MaxJournal, DefaultJournal);
        Map(group, "/snapshots/{version}/validate", "ValidateSnapshot", "Judges a version by the gates.", DoormanAction.Validate);
        Map(group, "/snapshots/{version}/canary", "CanarySnapshot", "Prepares a version and puts a share of the listeners on it.", DoormanAction.Canary);
        Map(group, "/snapshots/{version}/promote", "PromoteSnapshot", "Prepares a version and puts everybody on it.", DoormanAction.Promote);
        Map(group, "/snapshots/{version}/reject", "RejectSnapshot", "Turns a version away, whatever is under way with it.", DoormanAction.Reject);
        Map(group, "/doorman/rollback", "Rollback", "Goes back to a version that was current before.", DoormanAction.Rollback);
    }

    private static void Map(RouteGroupBuilder group, string route, string name, string summary, DoormanAction action) => group
        .MapPost(route, (HttpContext context, IDoorman doorman, AuditTrail audit) =>
            AskAsync(context, doorman, audit, action, (string?)context.Request.RouteValues["version"]))
        .Accepts<DoormanRequest>(isOptional: true, "application/json")
        .Documented(name, summary, 404, 409, 413, 415);

    private static async Task<Ok<SnapshotsResponse>> GetSnapshotsAsync(IDoorman doorman, CancellationToken cancellationToken) =>
        TypedResults.Ok(new SnapshotsResponse(SnapshotResponse.From(await doorman.ReadAsync(cancellationToken))));

    private static async Task<Results<Ok<DoormanResponse>, ProblemHttpResult>> GetDoormanAsync(
        IDoorman doorman, string? journal, string? after, CancellationToken cancellationToken)
    {
        var query = new QueryReader();
        var limit = query.Number(journal, "journal", 0, MaxJournal, DefaultJournal);
        var from = query.Number(after, "after", 0, long.MaxValue);
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        var view = await doorman.ReadAsync(cancellationToken);
        var entries = limit == 0 ? [] : await doorman.ReadJournalAsync(from ?? -1, limit, cancellationToken);
        return TypedResults.Ok(DoormanResponse.From(view, entries));
    }

    private static async Task<Results<Accepted<DoormanAnswerResponse>, ProblemHttpResult>> AskAsync(
        HttpContext context, IDoorman doorman, AuditTrail audit, DoormanAction action, string? version)
    {
        var number = 0;
        if (action != DoormanAction.Rollback && (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number == 0))
        {
            return Problem.InvalidId($"Expected a version's number, got '{version}'.");
        }

        var (request, refusal) = await ReadAsync(context);
        if (refusal is not null)
        {
            return refusal;
        }

        var percent = request.Percent ?? DefaultPercent;
        if (FindError(request, percent, action) is { } error)
        {
            return Problem.Of(ProblemKind.InvalidBody, error);
        }

        SnapshotVersion? asked = number > 0 ? new SnapshotVersion(number) : request.Version is { } back ? new SnapshotVersion(back) : null;
        var view = await doorman.ReadAsync(context.RequestAborted);
        if (asked is { } wanted && view.Models.All(model => model.Version != wanted))
        {
            return Problem.Of(ProblemKind.SnapshotNotFound, $"Version {wanted} is not registered.");
        }

        var who = Caller.Of(context) is { Key: { } key } ? key.Name : "operator";
        var answer = await doorman.AskAsync(new DoormanOrder(action, asked, percent, who, request.Why ?? "") { AcceptLowerRecall = request.AcceptLowerRecall }, context.RequestAborted);
        audit.Write(
            context,
            action.ToString().ToLowerInvariant(),
            asked is { } target ? $"version {target}" : "the former version",
            answer.IsAccepted ? StatusCodes.Status202Accepted : ProblemKind.DoormanRefuses.Status);
        var now = (await doorman.ReadAsync(context.RequestAborted)).Record;
        return answer.IsAccepted
            ? TypedResults.Accepted((string?)null, new DoormanAnswerResponse(answer.Message, now.Epoch, now.Current.Value))
            : Problem.Of(ProblemKind.DoormanRefuses, answer.Message);
    }

    private static string? FindError(DoormanRequest request, double percent, DoormanAction action) =>
        percent is not (> 0 and < 100) ? "percent: expected a number above 0 and below 100."
        : request.Version is <= 0 ? "version: expected a version's number."
        : request.Why is { Length: > MaxWhy } ? $"why: expected at most {MaxWhy} characters."
        : request.Why is { } why && why.Any(char.IsControl) ? "why: expected no control characters."
        : request.AcceptLowerRecall is not { } accepted ? null
        : action != DoormanAction.Validate ? "acceptLowerRecall: expected in a validation alone."
        : accepted.Trim().Length is 0 or > MaxWhy || accepted.Any(char.IsControl) ? $"acceptLowerRecall: expected 1 to {MaxWhy} characters, and no control characters."
        : null;

    private static async ValueTask<(DoormanRequest Request, ProblemHttpResult? Refusal)> ReadAsync(HttpContext context)
    {
        var (request, refusal) = await SmallBody.ReadAsync(context, ApiJson.Default.DoormanRequest);
        return (request ?? new DoormanRequest(), refusal);
    }
}
