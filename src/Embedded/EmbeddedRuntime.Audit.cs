using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    /// <summary>After each round the audit rests fifty times as long as it worked: at most 2 % of one core.</summary>
    private const int RestForWork = 50;

    /// <summary>What the audit has found so far; null without a model.</summary>
    internal AuditFigures? Audited => Plan.Current?.Auditor.Figures;

    private async Task AuditPeriodicallyAsync()
    {
        var rest = _options.AuditInterval;
        while (await RestAsync(rest).ConfigureAwait(false))
        {
            var start = _time.GetTimestamp();
            TryAudit();
            var work = _time.GetElapsedTime(start);
            rest = work * RestForWork > _options.AuditInterval ? work * RestForWork : _options.AuditInterval;
        }
    }

    private void TryAudit()
    {
        if (Plan.Current is not { } version || !version.TryAcquire())
        {
            return;
        }

        try
        {
            version.Auditor.Run(Users.Positions, _stopping.Token);
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
        finally
        {
            version.Release();
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
