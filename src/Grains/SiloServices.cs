using Buddies.Grains.Doorman;
using Buddies.Grains.Home;
using Buddies.Grains.Listeners;
using Buddies.Grains.Versions;
using Buddies.Grains.World;

namespace Buddies.Grains;

/// <summary>What the grains of one silo share beside its world.</summary>
internal sealed record SiloServices(
    CheckpointWriter Checkpoints,
    Announcer Announcer,
    KnownTracksCache Known,
    Watchers Watchers,
    BehindKeeper Behind,
    LogKeeper Log,
    Herald Herald,
    HomeEraser Eraser,
    SiloNode Node,
    SiloAudit Audit,
    ListenerFailures Failures,
    GrainMetrics Metrics);
