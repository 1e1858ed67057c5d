using Buddies.Engine.Doorman;

namespace Buddies.Embedded.Doorman;

public sealed partial class LocalDoorman
{
    private const string RulesAsWho = "canary rules";
    private DateTimeOffset _decided;

    /// <summary>What listeners did on either side since the canary began in this process; null without a canary.</summary>
    public CanaryView? Canary
    {
        get
        {
            var plan = _runtime.Plan;
            if (plan is not { Current: { } current, Canary: { } canary } || _record.Canary is not { } since)
            {
                return null;
            }

            var (control, candidate) = (current.Engagement.Counts, canary.Engagement.Counts);
            var age = Now - since.Since;
            var verdict = (_options.CanaryRules ?? new CanaryRules()).Judge(control, candidate, age);
            return new CanaryView(canary.Number, plan.CanaryPercent, age, control, candidate, verdict);
        }
    }

    /// <summary>Lets the rules decide, once for each canary.</summary>
    private async Task JudgeCanaryAsync()
    {
        if (_options.CanaryRules is null || Canary is not { } canary || canary.Verdict.Decision == CanaryDecision.Wait || _record.Canary is not { Since: var since } || since == _decided)
        {
            return;
        }

        _decided = since;
        var verdict = canary.Verdict;
        OperatorInput input = verdict.Decision == CanaryDecision.Promote
            ? new RolloutRequested(Now, ++_lastRequest, RulesAsWho, verdict.Why, canary.Version, RolloutGoal.Current)
            : new RejectRequested(Now, ++_lastRequest, RulesAsWho, verdict.Why, canary.Version);
        await HearAsync(input with { Metrics = verdict.Metrics }).ConfigureAwait(false);
    }
}
