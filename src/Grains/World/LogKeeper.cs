using System.Globalization;
using Buddies.Engine.Identifiers;
using Buddies.Grains.Placement;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.World;

/// <summary>
/// Moves the point from which a start reads the log, and drops events that are older than the retention and in checkpoints.
/// One silo does so for all: the first of the members by address. Two at a time, while silos do not agree on who they are,
/// do the same work twice.
/// </summary>
internal sealed partial class LogKeeper(SiloWorld world, SiloMembers members, IGrainFactory grains, ILogger<LogKeeper> logger)
{
    private const int MostEvents = 200_000;
    private const int Batch = 256;

    private long _dropped;

    /// <summary>One round.</summary>
    public async Task LookAsync()
    {
        if (members.Active.Min()!.Equals(members.Self))
        {
            await KeepAsync(CancellationToken.None).ConfigureAwait(false);
            await world.SaveUncountedAsync(always: false, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Has everybody saved who has listened since the point of the last round, then moves it.</summary>
    /// <returns>The point: every event up to it is in a checkpoint.</returns>
    public async Task<long> KeepAsync(CancellationToken cancellationToken)
    {
        var store = world.Store;
        var from = long.Parse(
            await store.Settings.GetAsync(SiloWorld.ReplayFromSetting, cancellationToken).ConfigureAwait(false) ?? "0", CultureInfo.InvariantCulture);
        var (through, count, users) = (from, 0, new HashSet<string>(StringComparer.Ordinal));
        await foreach (var logged in store.Events.ReadAsync(from, cancellationToken).ConfigureAwait(false))
        {
            users.Add(logged.Event.User.Value);
            through = logged.Offset;
            if (++count == MostEvents)
            {
                break; // The next round goes on.
            }
        }

        // The owners save: nobody else may know what they do at this moment.
        foreach (var batch in users.Chunk(Batch))
        {
            var active = members.Active;
            await Task.WhenAll(batch.GroupBy(user => Owners.Of(user, active)).Select(of => grains.GetGrain<ISiloDoor>(of.Key.ToParsableString())
                .SaveAsync([.. of.Select(user => new UserId(user))]).AsTask())).ConfigureAwait(false);
        }

        if (through > from)
        {
            await store.Settings.SetAsync(SiloWorld.ReplayFromSetting, through.ToString(CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
        }

        if (world.Options.Retention is { } retention)
        {
            var dropped = await store.Events.DropAsync(world.Time.GetUtcNow() - retention, through, cancellationToken).ConfigureAwait(false);
            if (dropped > _dropped)
            {
                _dropped = dropped;
                LogEventsDropped(dropped);
            }
        }

        return through;
    }

    [LoggerMessage(EventId = 4011, Level = LogLevel.Information, Message = "Events through offset {Dropped} have been dropped")]
    private partial void LogEventsDropped(long dropped);
}
