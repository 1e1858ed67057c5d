using Buddies.Engine.Events;

namespace Buddies.Cli.Bench.Faults;

/// <summary>Holds one listener's log and the number of effects against what was acknowledged.</summary>
internal static class LogJudge
{
    /// <summary>Compares.</summary>
    /// <param name="acknowledged">Every acknowledged event of the listener, in the order of sending.</param>
    /// <param name="logged">The listener's events in the order of the log.</param>
    /// <param name="effects">How many events the recovered server says to have applied.</param>
    public static LogVerdict Judge(IReadOnlyList<UserEvent> acknowledged, IReadOnlyList<UserEvent> logged, long effects)
    {
        var sent = acknowledged.Select(e => e.Id).ToHashSet();
        var kept = logged.Select(e => e.Id).ToHashSet();
        var lost = acknowledged.Count(e => !kept.Contains(e.Id));
        var seen = new HashSet<Engine.Identifiers.EventId>();
        var firsts = logged.Where(e => sent.Contains(e.Id) && seen.Add(e.Id)).ToList();
        var doubled = logged.Count - firsts.Count;
        var altered = acknowledged.Where(e => kept.Contains(e.Id)).Zip(firsts).Count(pair => pair.First != pair.Second);
        return new LogVerdict(
            Math.Max(lost, Math.Max(0, acknowledged.Count - effects)),
            Math.Max(doubled, Math.Max(0, effects - acknowledged.Count)),
            altered);
    }
}

/// <summary>What is wrong with a listener's events.</summary>
/// <param name="Lost">Acknowledged and not in the log, or without effect.</param>
/// <param name="Doubled">In the log twice, or never sent, or with more than one effect.</param>
/// <param name="Altered">With other contents, or in another place.</param>
internal readonly record struct LogVerdict(long Lost, long Doubled, long Altered)
{
    public static LogVerdict operator +(LogVerdict left, LogVerdict right) =>
        new(left.Lost + right.Lost, left.Doubled + right.Doubled, left.Altered + right.Altered);
}
