using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    /// <summary>After each round the audit rests fifty times as long as it worked: at most 2 % of one core.</summary>
    private const int RestForWork = 50;

    private BuddyAuditor? _auditor;

    /// <summary>What the audit has found so far; null without a model.</summary>
    internal AuditFigures? Audited => _auditor?.Figures;

    private async Task AuditPeriodicallyAsync(BuddyAuditor auditor)
    {
        var rest = _options.AuditInterval;
        while (await RestAsync(rest).ConfigureAwait(false))
        {
            var start = _time.GetTimestamp();
            TryAudit(auditor);
            var work = _time.GetElapsedTime(start);
            rest = work * RestForWork > _options.AuditInterval ? work * RestForWork : _options.AuditInterval;
        }
    }

    private void TryAudit(BuddyAuditor auditor)
    {
        try
        {
            auditor.Run(Users.Positions, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The next wait ends the audit.
        }
#pragma warning disable CA1031 // The next round may do better; without an audit the figures would stand still unnoticed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Metrics.OnPartitionFailure();
            LogAuditFailed(e);
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

    [LoggerMessage(EventId = 2122, Level = LogLevel.Error, Message = "A round of the audit failed; the next one goes on")]
    private partial void LogAuditFailed(Exception exception);
}
