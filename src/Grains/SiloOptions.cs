using Buddies.Engine.Buddies;
using Buddies.Engine.Doorman;
using Buddies.Engine.Doorman.Gates;
using Buddies.Engine.Experiments;
using Buddies.Engine.Home;
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

    /// <summary>How often the point is moved from which a start reads the log. Default 1 minute.</summary>
    public TimeSpan KeepInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Events older than this are dropped once they are in checkpoints; null keeps them for ever.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>A listener whom nobody asked for, or heard of, for so long is let go; the next call brings it back. Default 10 minutes.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long moves wait to travel to the other silos together. Default 20 ms.</summary>
    public TimeSpan AnnounceInterval { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How often watched listeners are looked at for what others' moves have changed. Default 100 ms.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a live stream renews its subscription; after the loss of a listener's silo it goes on within this. Default 2 s.</summary>
    public TimeSpan RenewInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often places in versions that do not serve their listeners are brought up to date. Default 250 ms.</summary>
    public TimeSpan BehindInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many may be behind in a version that serves nobody before they are brought up to date. Default 5,000.</summary>
    public int MostBehind { get; init; } = 5_000;

    /// <summary>
    /// How long a silo answers without knowing what the doorman's record says. Default 6 s. Who was shut out has stopped by
    /// then, so nothing is committed for one and a half times this long; a longer one bears longer failures of the store.
    /// </summary>
    public TimeSpan ServingLease { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How often each silo reads the doorman's record and says what it has. Default 1 s.</summary>
    public TimeSpan DoormanInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the way from an event to a pushed page is measured; zero, the default, for never.</summary>
    public TimeSpan FreshnessInterval { get; init; }

    /// <summary>What that way may take. Default 50 ms.</summary>
    public TimeSpan FreshnessObjective { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often buddy sets are compared with brute force; less often where that would cost over 2 % of a core. Zero for never. Default 5 s.</summary>
    public TimeSpan AuditInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many of them, and what is expected.</summary>
    public BuddyAuditOptions Audit { get; init; } = new();

    /// <summary>How long a silo may take from its admission until it is a member of the cluster. Default 30 s.</summary>
    public TimeSpan JoinTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the doorman waits for nodes that prepare.</summary>
    public DoormanOptions Doorman { get; init; } = new();

    /// <summary>What a version must reach.</summary>
    public GateOptions Gates { get; init; } = new();

    /// <summary>When a canary is promoted or rejected without a hand; null leaves it to operators.</summary>
    public CanaryRules? CanaryRules { get; init; } = new();

    /// <summary>How engagement with the current version is watched; null for not at all.</summary>
    public EngagementWatchOptions? EngagementWatch { get; init; } = new();

    /// <summary>How Home explores and learns; null, the default, for the fixed page of three shelves. The same on all silos.</summary>
    public HomeOptions? Home { get; init; }

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

    /// <summary>The ranking weights. The defaults give way to weights that a model brings.</summary>
    public RankingWeights Weights { get; init; } = RankingWeights.Default;

    /// <summary>Which model ranks which shelf. Default the blend of all features everywhere.</summary>
    public ShelfModels ShelfModels { get; init; } = ShelfModels.None;
}
