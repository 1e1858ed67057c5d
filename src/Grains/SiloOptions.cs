using Buddies.Engine.Ranking;
using Buddies.Engine.Taste;

namespace Buddies.Grains;

/// <summary>How a silo runs its listeners. All silos of a cluster run with the same.</summary>
public sealed class SiloOptions
{
    /// <summary>The data directory, where <c>snapshots/</c> lies; every silo sees the same files.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Events of this silo's requests that may wait to become durable; more are refused as busy. Default 100,000.</summary>
    public int MaxPendingEvents { get; init; } = 100_000;

    /// <summary>How long a listener's changed facts may wait for a checkpoint. Longer means a longer tail to replay, never a loss. Default 30 s.</summary>
    public TimeSpan CheckpointDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A listener whom nobody asked for, or heard of, for so long is let go; the next call brings it back. Default 10 minutes.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long moves wait to travel to the other silos together. Default 20 ms.</summary>
    public TimeSpan AnnounceInterval { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How often watched listeners are looked at for what others' moves have changed. Default 100 ms.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a live stream renews its subscription; after the loss of a listener's silo it goes on within this. Default 2 s.</summary>
    public TimeSpan RenewInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>K: buddies that a set promises and a page draws on. Default 50.</summary>
    public int Buddies { get; init; } = 50;

    /// <summary>Listeners that a set knows beyond K. Default 94.</summary>
    public int BuddySlack { get; init; } = 94;

    /// <summary>How far a listener may go in all before its cells are searched anew; 0 searches at every move. Default 0.3.</summary>
    public float BuddyDrift { get; init; } = 0.3f;

    /// <summary>A vector that moved by less than this is not announced. Default 0.001.</summary>
    public float MoveThreshold { get; init; } = 0.001f;

    /// <summary>The taste transform.</summary>
    public TasteTransform Transform { get; init; } = TasteTransform.Default;

    /// <summary>The ranking weights.</summary>
    public RankingWeights Weights { get; init; } = RankingWeights.Default;
}
