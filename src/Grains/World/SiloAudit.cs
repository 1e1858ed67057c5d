using Buddies.Engine.Buddies;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.World;

/// <summary>Compares buddy sets of this silo's listeners with brute force over everybody in its cells, a few at a time.</summary>
internal sealed partial class SiloAudit(SiloWorld world, GrainMetrics metrics, ILogger<SiloAudit> logger)
{
    /// <summary>One round; none without a model.</summary>
    public void Look(CancellationToken cancellationToken)
    {
        if (world.Plan.Current?.Audit(world.Users.Positions, cancellationToken) is not { } round)
        {
            return;
        }

        metrics.OnAudited(round);
        if (round.Crossing == FloorCrossing.Fell)
        {
            LogFell(world.Options.Buddies, round.Recall, world.Options.Audit.RecallFloor, round.Samples);
        }
        else if (round.Crossing == FloorCrossing.Recovered)
        {
            LogTrueAgain(world.Options.Buddies, round.Recall);
        }
    }

    [LoggerMessage(EventId = 4021, Level = LogLevel.Warning, Message = "Buddy sets of this silo are not true: recall@{Count} is {Recall:F3}, expected {Floor}, over {Samples} samples")]
    private partial void LogFell(int count, double recall, double floor, int samples);

    [LoggerMessage(EventId = 4022, Level = LogLevel.Information, Message = "Buddy sets of this silo are true again: recall@{Count} is {Recall:F3}")]
    private partial void LogTrueAgain(int count, double recall);
}
