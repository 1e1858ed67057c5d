using Buddies.Engine.Serving;
using Buddies.Storage;

namespace Buddies.Grains;

/// <summary>What of a call between silos is the cluster's to get over, not the caller's mistake.</summary>
internal static class ClusterFailures
{
    /// <summary>A silo that is lost or busy, a store that does not answer it, or an activation that was given up.</summary>
    public static bool IsPassing(Exception e) =>
        e is OrleansException or TimeoutException or RecommenderUnavailableException or ObjectDisposedException or StoreException or OperationCanceledException;
}
