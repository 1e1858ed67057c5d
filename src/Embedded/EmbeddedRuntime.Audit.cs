using Buddies.Engine.Buddies;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    /// <summary>What the audit has found so far; null without a model.</summary>
    internal AuditFigures? Audited => Plan.Current?.Auditor.Figures;

    private async Task AuditPeriodicallyAsync()
    {
        var rest = _options.AuditInterval;
        while (await RestAsync(rest).ConfigureAwait(false))
        {
            var start = _time.GetTimestamp();
            TryAudit();
            rest = BuddyAuditor.RestAfter(_time.GetElapsedTime(start), _options.AuditInterval);
        }
    }

    private void TryAudit()
    {
        try
        {
            if (Plan.Current?.Audit(Users.Positions, _stopping.Token) is { } round)
            {
                Metrics.OnAudited(round);
                Report(round);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The next wait ends the audit.
        }
#pragma warning disable CA1031 // The next round may do better; without an audit the figures would stand still unnoticed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Metrics.OnFailure();
            LogAuditFailed(e);
        }
    }

    private void Report(AuditRound round)
    {
        switch (round.Crossing)
        {
            case FloorCrossing.Fell:
                LogFell(_options.Buddies, round.Recall, round.Samples, _options.AuditRecallFloor);
                break;
            case FloorCrossing.Recovered:
                LogRecovered(_options.Buddies, round.Recall, _options.AuditRecallFloor);
                break;
            default:
                break;
        }
    }

    private async ValueTask<bool> RestAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, _time, _stopping.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(EventId = 2120, Level = LogLevel.Warning, Message = "Buddy sets are not true: recall@{Count} is {Recall:F3} over the last {Samples} samples, expected {Floor} at least")]
    private partial void LogFell(int count, double recall, int samples, double floor);

    [LoggerMessage(EventId = 2121, Level = LogLevel.Information, Message = "Buddy sets are true again: recall@{Count} is {Recall:F3}, expected {Floor} at least")]
    private partial void LogRecovered(int count, double recall, double floor);

    [LoggerMessage(EventId = 2122, Level = LogLevel.Error, Message = "A round of the audit failed; the next one goes on")]
    private partial void LogAuditFailed(Exception exception);
}
