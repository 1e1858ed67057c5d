namespace Buddies.Cli.Replay;

/// <summary>One event of a history.</summary>
/// <param name="AtMs">When it happened, Unix milliseconds.</param>
/// <param name="Line">As the door takes it: a JSON object without a line break.</param>
internal readonly record struct HistoryItem(long AtMs, byte[] Line);
