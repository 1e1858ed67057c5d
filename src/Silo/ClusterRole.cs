namespace Buddies.Silo;

/// <summary>What a process does for the cluster.</summary>
internal enum ClusterRole
{
    /// <summary>Listeners live here, and requests come here.</summary>
    Both,

    /// <summary>Listeners live here; HTTP answers probes and metrics alone.</summary>
    Silo,

    /// <summary>Requests come here and are asked of the silos; nobody lives here.</summary>
    Api,
}
