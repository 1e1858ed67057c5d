using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.Doorman;

/// <summary>Who is gone, and since when whoever was shut out serves nothing.</summary>
internal sealed partial class DoormanGrain
{
    private const string RulesAsWho = "canary rules";

    private readonly Dictionary<Member, long> _missingSince = [];
    private readonly Dictionary<Member, long> _fencingSince = [];
    private DateTimeOffset _decided;

    /// <summary>
    /// A silo that is not a member of the cluster is gone. One that joins is admitted before it is a member: for as long as
    /// that takes, and what the cluster takes to agree, it is waited for.
    /// </summary>
    private async Task FindGoneAsync()
    {
        Keep(_missingSince, _record.Nodes.Where(node => !_members.IsAlive(SiloMember.AddressOf(node))));
        foreach (var (node, since) in _missingSince.ToArray())
        {
            if (_members.IsDead(SiloMember.AddressOf(node)) || _time.GetElapsedTime(since) >= _options.JoinTime)
            {
                await HearAsync(new NodeLeft(Now, node, "It is no member of the cluster any more."));
            }
        }
    }

    /// <summary>Whoever was shut out and cannot be reached has stopped answering once its lease has run out.</summary>
    private async Task EndFencesAsync()
    {
        Keep(_fencingSince, _record.Fencing);
        foreach (var (node, since) in _fencingSince.ToArray())
        {
            // It last read the record before it was shut out, which was before this owner saw that.
            if (_time.GetElapsedTime(since) >= _options.ServingLease * 1.5)
            {
                await HearAsync(new NodeFenced(Now, node, _record.Epoch));
            }
        }
    }

    private async Task FenceAsync(FenceNode fence)
    {
        await GrainFactory.GetGrain<ISiloDoor>(SiloMember.AddressOf(fence.Node).ToParsableString()).FenceAsync(fence.Node, fence.Epoch);
        await TakeTurnAsync(() => HearAsync(new NodeFenced(Now, fence.Node, fence.Epoch)));
    }

    private void Keep(Dictionary<Member, long> since, IEnumerable<Member> now)
    {
        var present = now.ToHashSet();
        foreach (var gone in since.Keys.Except(present).ToArray())
        {
            since.Remove(gone);
        }

        foreach (var node in present)
        {
            since.TryAdd(node, _time.GetTimestamp());
        }
    }

    /// <summary>What listeners of the silos that serve now did on either side; those of a silo that is gone are not counted any more.</summary>
    private CanarySight? SeeCanary()
    {
        if (_record.Canary is not { } canary)
        {
            return null;
        }

        var (control, candidate) = (default(EngagementCounts), default(EngagementCounts));
        foreach (var report in _reports.Values.Where(
            report => report.CanaryVersion == canary.Version.Value && report.CanaryPercent == canary.Percent && _record.Nodes.Contains(report.Node.From)))
        {
            control = Add(control, report.Control);
            candidate = Add(candidate, report.Candidate);
        }

        return new CanarySight(canary.Version.Value, canary.Percent, canary.Since, control, candidate);

        static EngagementCounts Add(EngagementCounts one, EngagementCounts other) => new(
            one.Impressions + other.Impressions, one.Plays + other.Plays, one.Likes + other.Likes, one.Hides + other.Hides);
    }

    /// <summary>Over the silos that serve now, or did when they last said so.</summary>
    private Dictionary<int, int> CountReaders() => _reports.Values
        .Where(report => _record.Nodes.Contains(report.Node.From))
        .SelectMany(report => report.Readers ?? [])
        .GroupBy(pair => pair.Key)
        .ToDictionary(of => of.Key, of => of.Sum(pair => pair.Value));

    /// <summary>Says when listeners of all silos surely do less with the current version than at first: train again.</summary>
    private void WatchEngagement()
    {
        if (_engagement?.Look(_record.Current, Now) == true)
        {
            var state = _engagement.State;
            _metrics.OnEngagementFell(_record.Current);
            LogFell(_record.Current.Value, state.Before, state.Now);
        }
    }

    /// <summary>Lets the rules decide, once for each canary.</summary>
    private async Task JudgeCanaryAsync()
    {
        if (_options.CanaryRules is not { } rules || SeeCanary() is not { } canary || canary.Since == _decided)
        {
            return;
        }

        var verdict = rules.Judge(canary.Control, canary.Candidate, Now - canary.Since);
        if (verdict.Decision == CanaryDecision.Wait)
        {
            return;
        }

        _decided = canary.Since;
        var version = new SnapshotVersion(canary.Version);
        OperatorInput input = verdict.Decision == CanaryDecision.Promote
            ? new RolloutRequested(Now, ++_lastRequest, RulesAsWho, verdict.Why, version, RolloutGoal.Current)
            : new RejectRequested(Now, ++_lastRequest, RulesAsWho, verdict.Why, version);
        await HearAsync(input with { Metrics = verdict.Metrics });
    }

    [LoggerMessage(EventId = 4305, Level = LogLevel.Warning, Message = "Engagement with version {Version} has fallen over all silos, from {Before:0.####} plays an impression to {Now:0.####}: train again")]
    private partial void LogFell(int version, double before, double now);
}
