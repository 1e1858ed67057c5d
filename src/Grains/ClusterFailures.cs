using Buddies.Engine.Serving;

namespace Buddies.Grains;

/// <summary>What of a call between silos is the cluster's to get over, not the caller's mistake.</summary>
internal static class ClusterFailures
{
    public static bool IsPassing(Exception e) =>
        e is OrleansException or TimeoutException or RecommenderUnavailableException or ObjectDisposedException;
}
