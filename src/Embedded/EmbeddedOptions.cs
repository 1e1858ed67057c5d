using Buddies.Engine.Home;
using Buddies.Engine.Ranking;
using Buddies.Engine.Taste;

namespace Buddies.Embedded;

/// <summary>How the one-process runtime runs.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>The data directory: <c>snapshots/</c>, and <c>buddies.db</c> where the store is SQLite.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>How many partitions own the listeners; each is worked by one thread at a time. Default: the processors, at most 8.</summary>
    public int Partitions { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>
    /// Events that may wait to become durable; more are refused as busy, but for one batch of each producer that has none
    /// waiting, up to twice as many. As many again may be durable and wait to be applied; then the log takes no more until
    /// they are. Default 100,000, about 20 MB.
    /// </summary>
    public int MaxPendingEvents { get; init; } = 100_000;

    /// <summary>How often facts are checkpointed. Longer means a longer replay after a crash, never a loss. Default 30 s.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the log keeps an event before it may be dropped; null, the default, for ever. What is dropped is missing in
    /// later trainings, and its event id is free again; facts stay.
    /// </summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>The least time between two pushes that other listeners' moves cause; one's own events push at once. Default 500 ms.</summary>
    public TimeSpan PushInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>K: buddies that a set promises and a page draws on. Default 50.</summary>
    public int Buddies { get; init; } = 50;

    /// <summary>Listeners that a set knows beyond K: whoever rises among them is seen without a search. Default 94, as benchmarked with <see cref="BuddyDrift"/>.</summary>
    public int BuddySlack { get; init; } = 94;

    /// <summary>
    /// How far a listener may go in all before its cells are searched anew: the sum of the distances of its moves. In
    /// between, those in a set are scored at every move, and a few who would come in are missed. 0 searches at every move,
    /// and sets are exact over the cells. Default 0.3.
    /// </summary>
    public float BuddyDrift { get; init; } = 0.3f;

    /// <summary>
    /// Listeners whose buddy set and pages are kept true because somebody asked for them, about 3.3 KB a set and some
    /// 20 KB a page; of more, those who were asked for longest ago give way. Whoever is watched live does not. Default 10,000.
    /// </summary>
    public int BuddySets { get; init; } = 10_000;

    /// <summary>A buddy set goes when its listener was not watched, asked for or listening for so long; the next question makes it again. Default 10 minutes.</summary>
    public TimeSpan BuddySetIdleTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often buddy sets are compared with brute force; less often where that would cost over 2 % of a core. Zero for never. Default 5 s.</summary>
    public TimeSpan AuditInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the way from an event to a pushed page is measured by a listener of the runtime's own. Zero, the default, for never.</summary>
    public TimeSpan FreshnessInterval { get; init; }

    /// <summary>A probe that took longer was late. Default 50 ms.</summary>
    public TimeSpan FreshnessObjective { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Listeners audited at one time. Default 4.</summary>
    public int AuditSamples { get; init; } = 4;

    /// <summary>Samples that the audit's recall is measured over. Default 256.</summary>
    public int AuditWindow { get; init; } = 256;

    /// <summary>The recall, 0 to 1, under which the audit warns. Default 0.9.</summary>
    public double AuditRecallFloor { get; init; } = 0.9;

    /// <summary>
    /// How long a partition rests from preparing a version after each slice of half a millisecond, as a multiple of what
    /// the slice took from being asked for, waiting included, up to eight times its work: 6, the default, takes a seventh of
    /// a core for each partition at most, and less where partitions are busy. More is gentler and takes longer. What touches no listener rests by itself.
    /// </summary>
    public double PrepareRest { get; init; } = 6;

    /// <summary>
    /// Listeners who may be behind in a version that is kept for a rollback; a rollback folds them in first, about 50 µs
    /// each. Fewer makes it quicker and costs more while nobody asks for it. Default 20,000.
    /// </summary>
    public int MostBehind { get; init; } = 20_000;

    /// <summary>Listeners in each partition whose normal equations are kept ready, 66 KB each at d = 64. Default 256.</summary>
    public int LiveTastes { get; init; } = 256;

    /// <summary>A vector that moved by less than this since others last heard of it is not announced (length of the difference of unit vectors). Default 0.001, a cosine of 0.9999995.</summary>
    public float MoveThreshold { get; init; } = 0.001f;

    /// <summary>The taste transform.</summary>
    public TasteTransform Transform { get; init; } = TasteTransform.Default;

    /// <summary>The ranking weights. The defaults give way to weights that a model brings.</summary>
    public RankingWeights Weights { get; init; } = RankingWeights.Default;

    /// <summary>Which model ranks which shelf. Default the blend of all features everywhere.</summary>
    public ShelfModels ShelfModels { get; init; } = ShelfModels.None;

    /// <summary>How Home explores and learns; null, the default, for the fixed page of three shelves, which does neither.</summary>
    public HomeOptions? Home { get; init; }
}
