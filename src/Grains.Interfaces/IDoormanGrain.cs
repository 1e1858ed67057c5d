using Buddies.Engine.Doorman;

namespace Buddies.Grains;

/// <summary>
/// Owns the doorman's protocol for the cluster. There is one; where for a moment there are two, the store lets one of them
/// write. The key is 0.
/// </summary>
[Alias("buddies.IDoormanGrain")]
public interface IDoormanGrain : IGrainWithIntegerKey
{
    /// <summary>A silo says what it has, again and again.</summary>
    [Alias("Report")]
    ValueTask ReportAsync(SiloReport report);

    /// <summary>An operator wants something.</summary>
    /// <returns>Once it is durable, or refused.</returns>
    [Alias("Ask")]
    ValueTask<DoormanReply> AskAsync(DoormanQuestion question);

    /// <summary>What only the owner knows.</summary>
    [Alias("Look")]
    ValueTask<DoormanSight> LookAsync();
}

/// <summary>What a silo says of itself.</summary>
/// <param name="Node">What it has prepared and serves.</param>
/// <param name="CanaryVersion">The canary that it serves; 0 for none.</param>
/// <param name="CanaryPercent">The canary's share.</param>
/// <param name="Control">What its listeners of the current version did since the canary began.</param>
/// <param name="Candidate">What its listeners of the canary did.</param>
[GenerateSerializer, Immutable, Alias("buddies.SiloReport")]
public sealed record SiloReport(
    [property: Id(0)] NodeReport Node,
    [property: Id(1)] int CanaryVersion,
    [property: Id(2)] double CanaryPercent,
    [property: Id(3)] EngagementCounts Control,
    [property: Id(4)] EngagementCounts Candidate)
{
    /// <summary>The version that it serves to whom the canary does not; 0 without a model, or from a silo of before.</summary>
    [Id(5)]
    public int Current { get; init; }

    /// <summary>By version, how many pieces of its work hold it, and the silo itself; null from a silo of before.</summary>
    [Id(6)]
    public Dictionary<int, int>? Readers { get; init; }
}

/// <summary>What an operator wants.</summary>
/// <param name="Action">As <see cref="DoormanAction"/> counts.</param>
/// <param name="Version">Of which version; 0 in a rollback for the former one.</param>
/// <param name="Percent">The canary's share.</param>
/// <param name="Who">Who asks.</param>
/// <param name="Why">In words.</param>
[GenerateSerializer, Immutable, Alias("buddies.DoormanQuestion")]
public sealed record DoormanQuestion(
    [property: Id(0)] DoormanAction Action, [property: Id(1)] int Version, [property: Id(2)] double Percent, [property: Id(3)] string Who, [property: Id(4)] string Why)
{
    /// <summary>In a validation, why the version may be worse than the current one; null: it may not.</summary>
    [Id(5)]
    public string? AcceptLowerRecall { get; init; }
}

/// <summary>What an operator may want. The numbers travel and never change their meaning.</summary>
public enum DoormanAction
{
    /// <summary>Judge a version by the gates.</summary>
    Validate = 0,

    /// <summary>Put a share of the listeners on it.</summary>
    Canary = 1,

    /// <summary>Put everybody on it.</summary>
    Promote = 2,

    /// <summary>Turn it away.</summary>
    Reject = 3,

    /// <summary>Go back to a version that was current before.</summary>
    Rollback = 4,
}

/// <summary>What an operator is told.</summary>
/// <param name="IsAccepted">Whether it is, or will be, done.</param>
/// <param name="Message">What will happen, or why not.</param>
[GenerateSerializer, Immutable, Alias("buddies.DoormanReply")]
public sealed record DoormanReply([property: Id(0)] bool IsAccepted, [property: Id(1)] string Message);

/// <summary>What the owner of the protocol has seen.</summary>
/// <param name="Canary">What listeners of all silos did on either side; null without a canary.</param>
/// <param name="LastFlip">From the last commit until the last silo had answered that it serves; null before the first.</param>
/// <param name="FirstFlip">Until the first silo had; null before the first.</param>
[GenerateSerializer, Immutable, Alias("buddies.DoormanSight")]
public sealed record DoormanSight([property: Id(0)] CanarySight? Canary, [property: Id(1)] TimeSpan? LastFlip, [property: Id(2)] TimeSpan? FirstFlip)
{
    /// <summary>By version, how many hold it on all silos, as of their latest reports; null from a silo of before.</summary>
    [Id(3)]
    public Dictionary<int, int>? Readers { get; init; }
}

/// <summary>A canary, over all silos.</summary>
/// <param name="Version">The candidate.</param>
/// <param name="Percent">Its share.</param>
/// <param name="Since">When it began.</param>
/// <param name="Control">What listeners of the current version did.</param>
/// <param name="Candidate">What its own did.</param>
[GenerateSerializer, Immutable, Alias("buddies.CanarySight")]
public sealed record CanarySight(
    [property: Id(0)] int Version,
    [property: Id(1)] double Percent,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] EngagementCounts Control,
    [property: Id(4)] EngagementCounts Candidate);

/// <summary>What a silo knows of the doorman's record, told to one that cannot read it.</summary>
/// <param name="HasStore">Whether this silo could read it a short while ago.</param>
/// <param name="Age">Time since then.</param>
/// <param name="Orders">What it says to the silo that asks; null where this one has never read it.</param>
[GenerateSerializer, Immutable, Alias("buddies.RecordWord")]
public sealed record RecordWord([property: Id(0)] bool HasStore, [property: Id(1)] TimeSpan Age, [property: Id(2)] NodeOrders? Orders);
