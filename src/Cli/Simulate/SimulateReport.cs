namespace Buddies.Cli.Simulate;

/// <summary>What a simulated crowd did and met.</summary>
/// <param name="Seconds">How long it listened.</param>
/// <param name="Listeners">Listeners that took part.</param>
/// <param name="Sent">Events sent.</param>
/// <param name="Accepted">Events that the server took as new.</param>
/// <param name="Rejected">Events that the server refused, or that a failed request carried.</param>
/// <param name="AckP50Ms">Median time from sending a batch to its acknowledgement, milliseconds.</param>
/// <param name="AckP99Ms">The same, 99th percentile.</param>
/// <param name="Pushes">Changed pages that the watched listeners received.</param>
/// <param name="PushP50Ms">Median time that the server says it took from an own event to the push, milliseconds; null without any.</param>
/// <param name="PushP99Ms">The same, 99th percentile.</param>
/// <param name="Failures">Requests that failed.</param>
internal sealed record SimulateReport(
    double Seconds,
    int Listeners,
    long Sent,
    long Accepted,
    long Rejected,
    double? AckP50Ms,
    double? AckP99Ms,
    long Pushes,
    double? PushP50Ms,
    double? PushP99Ms,
    long Failures);
