using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>What operators ask, and rules in their place.</summary>
public sealed partial class DoormanProtocol
{
    /// <summary>Takes up what was asked first.</summary>
    /// <returns>Whether there was anything.</returns>
    private bool ServeOperator(List<DoormanCommand> commands)
    {
        if (_waiting.Count == 0)
        {
            return false;
        }

        var input = _waiting[0];
        _waiting.RemoveAt(0);
        switch (input)
        {
            case GatesJudged judged:
                Judge(judged, commands);
                break;
            case ValidateRequested asked:
                Validate(asked, commands);
                break;
            case RolloutRequested asked:
                RollOut(asked, commands);
                break;
            case RejectRequested asked:
                Reject(asked, commands);
                break;
            case RollbackRequested asked:
                RollBack(asked, commands);
                break;
            case CollectRequested asked:
                Collect(asked, commands);
                break;
            default:
                throw new ArgumentException($"Expected an operator's input, got {input.GetType().Name}.", nameof(commands));
        }

        return true;
    }

    private void Validate(ValidateRequested asked, List<DoormanCommand> commands)
    {
        if (FindVersionError(asked.Version) is { } error)
        {
            Refuse(asked, error, commands);
        }
        else if (!MayBeJudged(asked.Version, out var state))
        {
            Refuse(asked, $"Version {asked.Version} is {Name(state)}: it has been let through already.", commands);
        }
        else
        {
            commands.Add(new RunGates(asked.Request, asked.Who, asked.Version) { LowerAccepted = asked.LowerAccepted });
        }
    }

    private void Judge(GatesJudged judged, List<DoormanCommand> commands)
    {
        if (FindVersionError(judged.Version) is { } error)
        {
            commands.Add(new Answer(judged.Request, false, error));
            return;
        }

        if (!MayBeJudged(judged.Version, out var state))
        {
            commands.Add(new Answer(judged.Request, false, $"Version {judged.Version} became {Name(state)} meanwhile."));
            return;
        }

        if (judged.Reasons.Count > 0)
        {
            _ = Write(
                Reject(judged.Version, judged.Who, "The gates refused it.", judged.Reasons, judged.Metrics),
                commands,
                judged,
                new Answer(judged.Request, false, $"Version {judged.Version} is rejected: {string.Join(" ", judged.Reasons)}"));
            return;
        }

        _ = Write(
            NewChange()
                .Set(judged.Version, VersionState.Validated)
                .Note(
                    JournalAction.Validated,
                    judged.Version,
                    judged.Who,
                    judged.LowerAccepted is { } why ? $"The gates let it through; that it may be worse than the current version was accepted: {why}" : "The gates let it through.",
                    metrics: judged.Metrics),
            commands,
            judged,
            new Answer(judged.Request, true, $"Version {judged.Version} is validated."));
    }

    private void RollOut(RolloutRequested asked, List<DoormanCommand> commands)
    {
        if (FindRolloutError(asked) is { } error)
        {
            Refuse(asked, error, commands);
            return;
        }

        var state = _record!.Find(asked.Version)!.State;
        var began = _record.Rollout?.Began ?? _record.Epoch + 1;
        var change = NewChange()
            .With(record => record with
            {
                Rollout = new Rollout(asked.Version, asked.Goal, asked.Goal == RolloutGoal.Canary ? asked.Percent : 0, false, asked.Who, asked.Why, began),
            })
            .Note(JournalAction.Preparing, asked.Version, asked.Who, asked.Why, metrics: asked.Metrics);
        if (state == VersionState.Validated)
        {
            _ = change.Set(asked.Version, VersionState.Preparing);
        }

        _ = Write(change, commands, asked, new Answer(
            asked.Request,
            true,
            asked.Goal == RolloutGoal.Canary
                ? $"Version {asked.Version} is prepared, and then served to {asked.Percent} % of the listeners."
                : $"Version {asked.Version} is prepared, and then served."));
    }

    private string? FindRolloutError(RolloutRequested asked)
    {
        if (FindVersionError(asked.Version) is { } error)
        {
            return error;
        }

        if (asked.Goal == RolloutGoal.Canary && !(asked.Percent is > 0 and < 100))
        {
            return $"Expected a share above 0 and below 100 %, got {asked.Percent}.";
        }

        if (_record!.Rollout is { } rollout && (rollout.Version != asked.Version || rollout.IsRollback))
        {
            return $"Version {rollout.Version} is being {(rollout.IsRollback ? "rolled back to" : "prepared")}: wait, or reject it first.";
        }

        if (_record.Canary is { } canary && canary.Version != asked.Version)
        {
            return $"Version {canary.Version} is the canary: promote or reject it first.";
        }

        return _record.Find(asked.Version)!.State switch
        {
            VersionState.Validated or VersionState.Preparing or VersionState.Ready or VersionState.Canary => null,
            VersionState.Registered => $"Version {asked.Version} is registered, and not validated yet.",
            var state => $"Version {asked.Version} is {Name(state)}.",
        };
    }

    private void Reject(RejectRequested asked, List<DoormanCommand> commands)
    {
        if (FindVersionError(asked.Version) is { } error)
        {
            Refuse(asked, error, commands);
        }
        else if (asked.Version == _record!.Current)
        {
            Refuse(asked, $"Version {asked.Version} is current: roll back first.", commands);
        }
        else if (_record.Find(asked.Version)!.State is VersionState.Rejected or VersionState.Collected)
        {
            Refuse(asked, $"Version {asked.Version} is {Name(_record.Find(asked.Version)!.State)} already.", commands);
        }
        else
        {
            _ = Write(
                Reject(
                    asked.Version, asked.Who, asked.Why, asked.Why.Length > 0 ? [asked.Why] : [], asked.Metrics,
                    isForGood: _record.Find(asked.Version)!.State == VersionState.Retired),
                commands,
                asked,
                new Answer(asked.Request, true, $"Version {asked.Version} is rejected."));
        }
    }

    private void RollBack(RollbackRequested asked, List<DoormanCommand> commands)
    {
        if ((asked.Version ?? FormerOfWhatIsServed()) is not { } version)
        {
            Refuse(asked, "There is no former version to go back to.", commands);
            return;
        }

        if (FindVersionError(version) is { } error)
        {
            Refuse(asked, error, commands);
            return;
        }

        if (_record!.Rollout is { IsRollback: true } rollout && rollout.Version == version)
        {
            commands.Add(new Answer(asked.Request, true, $"Version {version} is being rolled back to already."));
            return;
        }

        if (_record.Find(version) is { } found && !_record.MayReturn(found))
        {
            Refuse(asked, $"Version {version} is {Name(found.State)}, not one that was current before.", commands);
            return;
        }

        var change = Abort(NewChange(), asked.Who, $"Rolled back to version {version} instead.");
        if (_record.Canary is { } canary)
        {
            _ = change
                .Set(canary.Version, VersionState.Validated)
                .Note(JournalAction.Aborted, canary.Version, asked.Who, $"Rolled back to version {version}; nobody is on the canary any more.");
        }

        _ = change
            .With(record => record with
            {
                Canary = null,
                Rollout = new Rollout(version, RolloutGoal.Current, 0, true, asked.Who, asked.Why, record.Epoch),
            })
            .Set(version, VersionState.Preparing)
            .Note(JournalAction.Preparing, version, asked.Who, asked.Why.Length > 0 ? asked.Why : "Rollback.", metrics: asked.Metrics);
        _ = Write(change, commands, asked, new Answer(asked.Request, true, $"Version {version} is prepared, and then served again."));
    }

    /// <summary>A rollback that is under way already counts as what it goes to.</summary>
    private SnapshotVersion? FormerOfWhatIsServed() =>
        _record!.Rollout is { IsRollback: true } rollout ? rollout.Version : _record.Former;

    private void Collect(CollectRequested asked, List<DoormanCommand> commands)
    {
        if (FindVersionError(asked.Version) is { } error)
        {
            Refuse(asked, error, commands);
        }
        else if (asked.IsForErasure && !Retention.Spare(_record!).Contains(asked.Version))
        {
            Refuse(asked, $"Version {asked.Version} is {Name(_record!.Find(asked.Version)!.State)}: it serves until another one has replaced it.", commands);
        }
        else if (!asked.IsForErasure && !Retention.Collectable(_record!).Contains(asked.Version))
        {
            Refuse(asked, $"Version {asked.Version} is {Name(_record!.Find(asked.Version)!.State)}, and stays: at least {Retention.Least} versions do.", commands);
        }
        else
        {
            _ = Write(
                NewChange().Set(asked.Version, VersionState.Collected).Note(JournalAction.Collected, asked.Version, asked.Who, asked.Why),
                commands,
                asked,
                new Answer(asked.Request, true, $"Version {asked.Version} is given up."));
        }
    }

    private string? FindVersionError(SnapshotVersion version) =>
        _record!.Find(version) is null ? $"Version {version} is not registered." : null;

    private bool MayBeJudged(SnapshotVersion version, out VersionState state)
    {
        state = _record!.Find(version)!.State;
        return state is VersionState.Registered or VersionState.Validated or VersionState.Rejected or VersionState.Retired;
    }

    private static string Name(VersionState state) => state.ToString().ToLowerInvariant();

    private static void Refuse(OperatorInput asked, string error, List<DoormanCommand> commands) =>
        commands.Add(new Answer(asked.Request, false, error));
}
