using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Grains.Wire;

/// <summary>How a <see cref="NodeOrders"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.NodeOrders")]
public record struct NodeOrdersWire
{
    [Id(0)]
    public string Node { get; set; }

    [Id(1)]
    public long Incarnation { get; set; }

    [Id(2)]
    public long Epoch { get; set; }

    [Id(3)]
    public bool IsAdmitted { get; set; }

    [Id(4)]
    public int Current { get; set; }

    /// <summary>0 for none.</summary>
    [Id(5)]
    public int CanaryVersion { get; set; }

    [Id(6)]
    public double CanaryPercent { get; set; }

    [Id(7)]
    public DateTimeOffset CanarySince { get; set; }

    [Id(8)]
    public long Began { get; set; }

    [Id(9)]
    public int[] Required { get; set; }

    [Id(10)]
    public int[] Kept { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class NodeOrdersConverter : IConverter<NodeOrders, NodeOrdersWire>
{
    /// <inheritdoc/>
    public NodeOrders ConvertFromSurrogate(in NodeOrdersWire surrogate) => new(
        new Member(new NodeId(surrogate.Node), surrogate.Incarnation),
        surrogate.Epoch,
        surrogate.IsAdmitted,
        new SnapshotVersion(surrogate.Current),
        surrogate.CanaryVersion == 0 ? null : new Canary(new SnapshotVersion(surrogate.CanaryVersion), surrogate.CanaryPercent, surrogate.CanarySince),
        surrogate.Began,
        [.. surrogate.Required.Select(version => new SnapshotVersion(version))],
        [.. surrogate.Kept.Select(version => new SnapshotVersion(version))]);

    /// <inheritdoc/>
    public NodeOrdersWire ConvertToSurrogate(in NodeOrders value) => new()
    {
        Node = value.To.Node.Value,
        Incarnation = value.To.Incarnation,
        Epoch = value.Epoch,
        IsAdmitted = value.IsAdmitted,
        Current = value.Current.Value,
        CanaryVersion = value.Canary?.Version.Value ?? 0,
        CanaryPercent = value.Canary?.Percent ?? 0,
        CanarySince = value.Canary?.Since ?? default,
        Began = value.Began,
        Required = [.. value.Required.Select(version => version.Value)],
        Kept = [.. value.Kept.Select(version => version.Value)],
    };
}

/// <summary>How a <see cref="NodeReport"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.NodeReport")]
public record struct NodeReportWire
{
    [Id(0)]
    public string Node { get; set; }

    [Id(1)]
    public long Incarnation { get; set; }

    [Id(2)]
    public long OrderEpoch { get; set; }

    [Id(3)]
    public long ServingEpoch { get; set; }

    [Id(4)]
    public int[] Prepared { get; set; }

    [Id(5)]
    public NodeRefusal[] Refusals { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class NodeReportConverter : IConverter<NodeReport, NodeReportWire>
{
    /// <inheritdoc/>
    public NodeReport ConvertFromSurrogate(in NodeReportWire surrogate) => new(
        new Member(new NodeId(surrogate.Node), surrogate.Incarnation),
        surrogate.OrderEpoch,
        surrogate.ServingEpoch,
        [.. surrogate.Prepared.Select(version => new SnapshotVersion(version))],
        surrogate.Refusals);

    /// <inheritdoc/>
    public NodeReportWire ConvertToSurrogate(in NodeReport value) => new()
    {
        Node = value.From.Node.Value,
        Incarnation = value.From.Incarnation,
        OrderEpoch = value.OrderEpoch,
        ServingEpoch = value.ServingEpoch,
        Prepared = [.. value.Prepared.Select(version => version.Value)],
        Refusals = [.. value.Refusals],
    };
}

/// <summary>How a <see cref="NodeRefusal"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.NodeRefusal")]
public record struct NodeRefusalWire
{
    [Id(0)]
    public int Version { get; set; }

    [Id(1)]
    public long Epoch { get; set; }

    [Id(2)]
    public string[] Reasons { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class NodeRefusalConverter : IConverter<NodeRefusal, NodeRefusalWire>
{
    /// <inheritdoc/>
    public NodeRefusal ConvertFromSurrogate(in NodeRefusalWire surrogate) =>
        new(new SnapshotVersion(surrogate.Version), surrogate.Epoch, surrogate.Reasons);

    /// <inheritdoc/>
    public NodeRefusalWire ConvertToSurrogate(in NodeRefusal value) =>
        new() { Version = value.Version.Value, Epoch = value.Epoch, Reasons = [.. value.Reasons] };
}

/// <summary>How <see cref="EngagementCounts"/> travel.</summary>
[GenerateSerializer, Immutable, Alias("buddies.EngagementCounts")]
public record struct EngagementCountsWire
{
    [Id(0)]
    public long Impressions { get; set; }

    [Id(1)]
    public long Plays { get; set; }

    [Id(2)]
    public long Likes { get; set; }

    [Id(3)]
    public long Hides { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class EngagementCountsConverter : IConverter<EngagementCounts, EngagementCountsWire>
{
    /// <inheritdoc/>
    public EngagementCounts ConvertFromSurrogate(in EngagementCountsWire surrogate) =>
        new(surrogate.Impressions, surrogate.Plays, surrogate.Likes, surrogate.Hides);

    /// <inheritdoc/>
    public EngagementCountsWire ConvertToSurrogate(in EngagementCounts value) =>
        new() { Impressions = value.Impressions, Plays = value.Plays, Likes = value.Likes, Hides = value.Hides };
}

/// <summary>How a <see cref="Member"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("buddies.Member")]
public record struct MemberWire
{
    [Id(0)]
    public string Node { get; set; }

    [Id(1)]
    public long Incarnation { get; set; }
}

/// <inheritdoc/>
[RegisterConverter]
public sealed class MemberConverter : IConverter<Member, MemberWire>
{
    /// <inheritdoc/>
    public Member ConvertFromSurrogate(in MemberWire surrogate) => new(new NodeId(surrogate.Node), surrogate.Incarnation);

    /// <inheritdoc/>
    public MemberWire ConvertToSurrogate(in Member value) => new() { Node = value.Node.Value, Incarnation = value.Incarnation };
}
