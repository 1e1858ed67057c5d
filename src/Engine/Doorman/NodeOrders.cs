using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>All that a node has to know: what to prepare, what to serve, what to keep.</summary>
/// <remarks>
/// A pure function of the durable record, so it does not matter who brings it, how often, or whether one was lost: a later
/// epoch holds everything that an earlier one said. A node that reads the record itself gets the same.
/// </remarks>
/// <param name="To">Whom they are for; another start of the same node does not follow them.</param>
/// <param name="Epoch">The record's.</param>
/// <param name="IsAdmitted">Whether it may serve.</param>
/// <param name="Current">The version to serve; 0 for none.</param>
/// <param name="Canary">The candidate to serve beside it; null for none.</param>
/// <param name="Began">The epoch with which the present rollout began; 0 without one. What was refused before it is tried again.</param>
/// <param name="Required">What to prepare, in this order; first what is served.</param>
/// <param name="Kept">What it may hold; anything else is dropped once nobody reads it.</param>
public sealed record NodeOrders(
    Member To,
    long Epoch,
    bool IsAdmitted,
    SnapshotVersion Current,
    Canary? Canary,
    long Began,
    IReadOnlyList<SnapshotVersion> Required,
    IReadOnlyList<SnapshotVersion> Kept)
{
    /// <summary>What the record says to a node.</summary>
    /// <param name="record">The record.</param>
    /// <param name="to">The node.</param>
    public static NodeOrders Of(DoormanRecord record, Member to)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new(
            to, record.Epoch, record.Nodes.Contains(to), record.Current, record.Canary, record.Rollout?.Began ?? 0, record.Required(), record.Kept());
    }
}

/// <summary>All that the doorman has to know of a node: its acknowledgements and refusals.</summary>
/// <param name="From">Which start of which node.</param>
/// <param name="OrderEpoch">The epoch of the newest orders that it follows; 0 before the first.</param>
/// <param name="ServingEpoch">The epoch whose versions it serves; 0 while it serves nothing.</param>
/// <param name="Prepared">Acknowledged: verified, mapped, warm, and every listener newer than the watermark folded in.</param>
/// <param name="Refusals">What it will not serve, and why.</param>
public sealed record NodeReport(
    Member From,
    long OrderEpoch,
    long ServingEpoch,
    IReadOnlyList<SnapshotVersion> Prepared,
    IReadOnlyList<NodeRefusal> Refusals);

/// <summary>A version that a node could not prepare.</summary>
/// <param name="Version">Which.</param>
/// <param name="Epoch">The epoch of the orders that it followed then.</param>
/// <param name="Reasons">What was found wrong, one sentence each.</param>
public sealed record NodeRefusal(SnapshotVersion Version, long Epoch, IReadOnlyList<string> Reasons);
