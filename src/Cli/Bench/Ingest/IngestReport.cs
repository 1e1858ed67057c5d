namespace Buddies.Cli.Bench.Ingest;

/// <summary>What <c>buddies bench ingest</c> has measured.</summary>
internal sealed record IngestReport
{
    /// <summary>sqlite or postgres.</summary>
    public required string Store { get; init; }

    /// <summary>Events a second that were acknowledged as durable.</summary>
    public required double AcceptedPerSecond { get; init; }

    /// <summary>Events a second that were applied, the time until the last one was included.</summary>
    public required double AppliedPerSecond { get; init; }

    /// <summary>Milliseconds from sending a batch, with a rate from when it was due, to its acknowledgement.</summary>
    public required double? AckP50Ms { get; init; }

    /// <summary>The same, 99th percentile.</summary>
    public required double? AckP99Ms { get; init; }

    /// <summary>The same, 99.9th percentile.</summary>
    public required double? AckP999Ms { get; init; }

    /// <summary>Milliseconds from sending an event to the push of the page that it changed.</summary>
    public required double? PushP50Ms { get; init; }

    /// <summary>The same, 99th percentile.</summary>
    public required double? PushP99Ms { get; init; }

    /// <summary>The same, 99.9th percentile.</summary>
    public required double? PushP999Ms { get; init; }

    /// <summary>Pushes that were timed.</summary>
    public required long Pushes { get; init; }

    /// <summary>Probes after which no push came in ten seconds.</summary>
    public required int PushesMissed { get; init; }

    /// <summary>Milliseconds that the server promises from an event to the push.</summary>
    public required double FreshnessObjectiveMs { get; init; }

    /// <summary>The server's own probes that kept the promise; one a second.</summary>
    public required long FreshnessFresh { get; init; }

    /// <summary>Its probes that came later.</summary>
    public required long FreshnessLate { get; init; }

    /// <summary>Its probes that found something stale, or nothing.</summary>
    public required long FreshnessFailed { get; init; }

    /// <summary>Events a second of plain inserts without our server, into a table without an index.</summary>
    public required double? BaselinePerSecond { get; init; }

    /// <summary>The same into a table whose key refuses an event that is there.</summary>
    public required double? KeyedBaselinePerSecond { get; init; }

    /// <summary>Accepted by baseline.</summary>
    public required double? RatioToBaseline { get; init; }

    /// <summary>Accepted by keyed baseline.</summary>
    public required double? RatioToKeyedBaseline { get; init; }

    /// <summary>The server's memory at the end of the load.</summary>
    public required long RssBytes { get; init; }

    /// <summary>The most that it held.</summary>
    public required long RssPeakBytes { get; init; }

    /// <summary>Processor seconds that the server took for the measured load; the store's own process is not in it.</summary>
    public required double ServerCpuSeconds { get; init; }

    /// <summary>Processor seconds that this tool took for it: producers and watchers.</summary>
    public required double ToolCpuSeconds { get; init; }

    /// <summary>Events acknowledged.</summary>
    public required long Accepted { get; init; }

    /// <summary>Events refused for what they say; 0 if all is well.</summary>
    public required long Rejected { get; init; }

    /// <summary>Batches that were told to come later, and did.</summary>
    public required long Refused { get; init; }

    /// <summary>How long the load took, the last answers included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Producers.</summary>
    public required int Producers { get; init; }

    /// <summary>Events in a batch.</summary>
    public required int Batch { get; init; }

    /// <summary>Events a second that were asked for; 0 for as many as the server takes.</summary>
    public required double Rate { get; init; }

    /// <summary>Listeners of the world.</summary>
    public required int Listeners { get; init; }

    /// <summary>Open pages.</summary>
    public required int Watched { get; init; }

    /// <summary>On what it was measured.</summary>
    public required MachineConditions Conditions { get; init; }
}
