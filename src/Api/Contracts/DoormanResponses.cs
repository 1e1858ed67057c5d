using System.Text.Json.Serialization;
using Buddies.Engine.Doorman;

namespace Buddies.Api.Contracts;

/// <summary>Every model version.</summary>
/// <param name="Snapshots">Oldest first.</param>
public sealed record SnapshotsResponse(IReadOnlyList<SnapshotResponse> Snapshots);

/// <summary>One model version.</summary>
/// <param name="Version">Its number.</param>
/// <param name="State">registered, validated, preparing, ready, canary, current, retired, rejected or collected.</param>
/// <param name="CreatedAt">When its training ended.</param>
/// <param name="Watermark">Events up to this log offset took part.</param>
/// <param name="Parent">The version that was current when it was trained; absent where its manifest cannot be read.</param>
/// <param name="Replaced">The version that a rollback from it goes back to; absent for none.</param>
/// <param name="Reasons">What was found wrong with it.</param>
/// <param name="Metrics">Results of training and evaluation.</param>
/// <param name="Readers">How many hold it, in a cluster on all silos; 0 where it is not open.</param>
public sealed record SnapshotResponse(
    int Version,
    string State,
    DateTimeOffset CreatedAt,
    long Watermark,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Parent,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Replaced,
    IReadOnlyList<string> Reasons,
    IReadOnlyDictionary<string, double> Metrics,
    int Readers)
{
    public static IReadOnlyList<SnapshotResponse> From(DoormanView view) => [.. view.Models.Select(model =>
    {
        var known = view.Record.Find(model.Version) ?? new VersionRecord(model.Version);
        return new SnapshotResponse(
            model.Version.Value, Names.Of(known.State), model.CreatedAt, model.Watermark, model.Parent,
            known.Replaced.Value == 0 ? null : known.Replaced.Value, known.Reasons, model.Metrics,
            view.Readers.GetValueOrDefault(model.Version.Value));
    })];
}

/// <summary>What the doorman does at this moment.</summary>
/// <param name="Epoch">Grows with every change.</param>
/// <param name="Current">The version that is served; 0 for none.</param>
/// <param name="Serving">The version that serves in this process; the record is ahead of it for the time of a flip.</param>
/// <param name="FlipMs">Milliseconds from the last commit until nobody could get the version before; absent before the first.</param>
/// <param name="FlipSkewMs">Milliseconds of these from the first silo's flip to the last one's, as far as they have answered; absent in one process.</param>
/// <param name="Former">The version that a rollback goes back to; absent for none.</param>
/// <param name="Canary">The candidate beside it; absent for none.</param>
/// <param name="Rollout">What is under way; absent for nothing.</param>
/// <param name="Snapshots">Every version, oldest first.</param>
/// <param name="Journal">The last entries, oldest first.</param>
public sealed record DoormanResponse(
    long Epoch,
    int Current,
    int Serving,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? FlipMs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? FlipSkewMs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Former,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CanaryResponse? Canary,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RolloutResponse? Rollout,
    IReadOnlyList<SnapshotResponse> Snapshots,
    IReadOnlyList<JournalResponse> Journal)
{
    public static DoormanResponse From(DoormanView view, IReadOnlyList<JournalEntry> journal) => new(
        view.Record.Epoch,
        view.Record.Current.Value,
        view.Serving.Value,
        view.LastFlip?.TotalMilliseconds,
        view.FlipSkew?.TotalMilliseconds,
        view.Record.Former?.Value,
        view.Record.Canary is { } canary ? CanaryResponse.From(canary, view.Canary) : null,
        view.Record.Rollout is { } rollout ? RolloutResponse.From(rollout) : null,
        SnapshotResponse.From(view),
        [.. journal.Select(JournalResponse.From)]);
}

/// <summary>A candidate that serves a share of the listeners.</summary>
/// <param name="Version">Which.</param>
/// <param name="Percent">The share.</param>
/// <param name="Since">When it began, or its share last changed.</param>
/// <param name="Engagement">What listeners did on either side; absent until both versions serve in this process.</param>
public sealed record CanaryResponse(
    int Version,
    double Percent,
    DateTimeOffset Since,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CanaryEngagementResponse? Engagement)
{
    public static CanaryResponse From(Canary canary, CanaryView? view) => new(
        canary.Version.Value,
        canary.Percent,
        canary.Since,
        view?.Version == canary.Version
            ? new(EngagementResponse.From(view.Control), EngagementResponse.From(view.Candidate), Names.Of(view.Verdict.Decision), view.Verdict.Why, view.Verdict.Metrics)
            : null);
}

/// <summary>What listeners did since the canary began in this process.</summary>
/// <param name="Current">Those of the current version.</param>
/// <param name="Candidate">Those of the candidate.</param>
/// <param name="Decision">What the rules say now: wait, promote or reject.</param>
/// <param name="Why">And why.</param>
/// <param name="Metrics">Ratios of rates an impression, candidate over current, with their intervals.</param>
public sealed record CanaryEngagementResponse(
    EngagementResponse Current, EngagementResponse Candidate, string Decision, string Why, IReadOnlyDictionary<string, double> Metrics);

/// <summary>What listeners did.</summary>
/// <param name="Impressions">Cards that clients reported as seen.</param>
/// <param name="Plays">Plays of 30 s or more.</param>
/// <param name="Likes">Likes.</param>
/// <param name="Hides">Hides.</param>
public sealed record EngagementResponse(long Impressions, long Plays, long Likes, long Hides)
{
    public static EngagementResponse From(EngagementCounts counts) => new(counts.Impressions, counts.Plays, counts.Likes, counts.Hides);
}

/// <summary>What is under way.</summary>
/// <param name="Version">The version that is being prepared.</param>
/// <param name="Goal">ready, canary or current.</param>
/// <param name="Percent">The canary's share.</param>
/// <param name="IsRollback">Whether it goes back.</param>
/// <param name="Who">Who asked.</param>
/// <param name="Why">And why.</param>
public sealed record RolloutResponse(int Version, string Goal, double Percent, bool IsRollback, string Who, string Why)
{
    public static RolloutResponse From(Rollout rollout) =>
        new(rollout.Version.Value, Names.Of(rollout.Goal), rollout.Percent, rollout.IsRollback, rollout.Who, rollout.Why);
}

/// <summary>One line of the journal.</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Epoch">The epoch with which it became true.</param>
/// <param name="At">When.</param>
/// <param name="Action">What happened.</param>
/// <param name="Version">To which version; 0 for what concerns a node.</param>
/// <param name="Who">An operator, a rule, or a node.</param>
/// <param name="Why">In words.</param>
/// <param name="Reasons">What was found wrong.</param>
/// <param name="Metrics">Numbers that spoke for or against it.</param>
public sealed record JournalResponse(
    long Number,
    long Epoch,
    DateTimeOffset At,
    string Action,
    int Version,
    string Who,
    string Why,
    IReadOnlyList<string> Reasons,
    IReadOnlyDictionary<string, double> Metrics)
{
    public static JournalResponse From(JournalEntry entry) => new(
        entry.Number, entry.Epoch, entry.At, Names.Of(entry.Action), entry.Version.Value, entry.Who, entry.Why, entry.Reasons, entry.Metrics);
}

/// <summary>What came of an operator's request.</summary>
/// <param name="Message">What will happen, or has happened.</param>
/// <param name="Epoch">The record's epoch now.</param>
/// <param name="Current">The version that is served now.</param>
public sealed record DoormanAnswerResponse(string Message, long Epoch, int Current);

/// <summary>What an operator may say with a request; every member may be left out.</summary>
/// <param name="Percent">The canary's share, above 0 and below 100; 10 when absent.</param>
/// <param name="Version">In a rollback, the version to go back to; the former one when absent.</param>
/// <param name="Why">For the journal; at most 200 characters.</param>
/// <param name="AcceptLowerRecall">In a validation, why a recall below the current version's is no reason to refuse it, for the journal; 1 to 200 characters. Every other gate stands.</param>
public sealed record DoormanRequest(double? Percent = null, int? Version = null, string? Why = null, string? AcceptLowerRecall = null);

/// <summary>The contract's words for the engine's.</summary>
file static class Names
{
    public static string Of<T>(T value)
        where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
