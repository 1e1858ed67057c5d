using Buddies.Engine.Serving;

namespace Buddies.Grains;

/// <summary>What a <see cref="ClusterDoor"/> knows of the cluster: from inside a silo, or from a client of it.</summary>
internal interface IClusterView
{
    /// <summary>The active silos, as far as is known here; empty where none is.</summary>
    IReadOnlyList<SiloAddress> Active { get; }

    /// <summary>The silo to ask what any silo knows; null where none is known.</summary>
    SiloAddress? Nearest { get; }

    /// <summary>Whether that silo answers; cheap enough for every request.</summary>
    bool IsReady { get; }

    /// <summary>What is being done where it does not.</summary>
    string Stage { get; }

    /// <summary>How that silo is.</summary>
    ServingStatus Status { get; }

    /// <summary>Playlists whose follows came faster than is believed, most uncounted first.</summary>
    IReadOnlyList<FollowAnomaly> Anomalies { get; }

    /// <summary>How each part of this process is, as far as it knows; never blocks.</summary>
    IReadOnlyList<HealthPart> Health { get; }
}
