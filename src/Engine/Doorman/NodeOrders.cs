using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>All that a node has to know: what to prepare, what to serve, what to keep.</summary>
/// <remarks>
/// A pure function of the durable record, so it does not matter who brings it, how often, or whether one was lost: a later
/// epoch holds everything that an earlier one said. A node that reads the record itself gets the same.
/// </remarks>
/// <param name="Epoch">The record's.</param>
/// <param name="IsAdmitted">Whether the node may serve.</param>
/// <param name="Current">The version to serve; 0 for none.</param>
/// <param name="Canary">The candidate to serve beside it; null for none.</param>
/// <param name="Required">What it must have prepared to serve, ascending.</param>
/// <param name="Kept">What it may hold; anything else is dropped once nobody reads it.</param>
public sealed record NodeOrders(
    long Epoch,
    bool IsAdmitted,
    SnapshotVersion Current,
    Canary? Canary,
    IReadOnlyList<SnapshotVersion> Required,
    IReadOnlyList<SnapshotVersion> Kept)
{
    /// <summary>What the record says to a node.</summary>
    /// <param name="record">The record.</param>
    /// <param name="node">The node.</param>
    public static NodeOrders Of(DoormanRecord record, NodeId node)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new(record.Epoch, record.Nodes.Contains(node), record.Current, record.Canary, record.Required(), record.Kept());
    }
}

/// <summary>All that the doorman has to know of a node: its acknowledgements and refusals.</summary>
/// <param name="Node">Which.</param>
/// <param name="Incarnation">Which start of it; a later one has a larger number.</param>
/// <param name="OrderEpoch">The epoch of the newest orders that it follows.</param>
/// <param name="ServingEpoch">The epoch whose versions it serves; 0 while it serves nothing.</param>
/// <param name="Prepared">Acknowledged: verified, mapped, warm, and every listener newer than the watermark folded in.</param>
/// <param name="Refusals">What it will not serve, and why.</param>
public sealed record NodeReport(
    NodeId Node,
    long Incarnation,
    long OrderEpoch,
    long ServingEpoch,
    IReadOnlyList<SnapshotVersion> Prepared,
    IReadOnlyList<NodeRefusal> Refusals);

/// <summary>A version that a node could not prepare.</summary>
/// <param name="Version">Which.</param>
/// <param name="Reasons">What was found wrong, one sentence each.</param>
public sealed record NodeRefusal(SnapshotVersion Version, IReadOnlyList<string> Reasons);
