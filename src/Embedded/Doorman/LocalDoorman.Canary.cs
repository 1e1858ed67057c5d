using System.Globalization;
using Buddies.Engine.Doorman;
using Buddies.Storage;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded.Doorman;

public sealed partial class LocalDoorman
{
    private const string RulesAsWho = "canary rules";

    /// <summary>Which canary began after which event of the log, so that a later process counts what it did not see.</summary>
    private const string CanarySetting = "doorman.canaryBegan";

    private DateTimeOffset _decided;
    private Task _recount = Task.CompletedTask;

    /// <summary>What listeners did on either side since the canary began, or its share changed; null without a canary.</summary>
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
        if (!_recount.IsCompleted)
        {
            return; // Half of what was counted says nothing.
        }

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

    /// <summary>
    /// Takes note of where in the log a canary began. A process that ends before leaves none, and the next one counts from
    /// its own start.
    /// </summary>
    private async Task NoteCanaryAsync(Canary canary, long offset)
    {
        try
        {
            await _store.Settings.SetAsync(CanarySetting, NoteOf(canary, offset), CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            LogNotNoted(e.Message);
        }
    }

    /// <summary>
    /// Counts what listeners did before this process began to serve, from the log: acknowledged means counted, whatever
    /// the former process died of. Who was on which side follows from the listener's id.
    /// </summary>
    private async Task RecountAsync(CancellationToken cancellationToken)
    {
        if (_record.Canary is not { } canary || _runtime.Plan is not { Current: { } current, Canary: { } candidate } || candidate.Number != canary.Version)
        {
            return;
        }

        try
        {
            var note = await _store.Settings.GetAsync(CanarySetting, cancellationToken).ConfigureAwait(false);
            if (note?.Split(' ') is not [.., var began] || !long.TryParse(began, CultureInfo.InvariantCulture, out var after) || note != NoteOf(canary, after))
            {
                return;
            }

            var (control, treated) = (current.Engagement, candidate.Engagement);
            await foreach (var logged in _store.Events.ReadAsync(new EventRange(after, _runtime.OffsetAtStart), cancellationToken).ConfigureAwait(false))
            {
                (CanaryBucket.Holds(logged.Event.User, canary.Percent) ? treated : control).Count(logged.Event);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
#pragma warning disable CA1031 // The canary goes on with what is counted from here on; an operator can still decide.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotRecounted(e);
        }
    }

    private static string NoteOf(Canary canary, long offset) =>
        string.Create(CultureInfo.InvariantCulture, $"{canary.Version} {canary.Since.ToUnixTimeMilliseconds()} {offset}");

    [LoggerMessage(EventId = 2144, Level = LogLevel.Warning, Message = "Where in the log the canary began could not be noted: after a restart it is counted anew: {Reason}")]
    private partial void LogNotNoted(string reason);

    [LoggerMessage(EventId = 2145, Level = LogLevel.Error, Message = "What listeners did on the canary before the restart could not be counted from the log")]
    private partial void LogNotRecounted(Exception exception);
}
