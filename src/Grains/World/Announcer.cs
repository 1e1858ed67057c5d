using Buddies.Grains.Placement;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.World;

/// <summary>Tells the other silos of the moves of this silo's listeners: the latest of each, many in one message.</summary>
/// <remarks>
/// A silo that does not answer keeps what it has not heard, one message a listener, until it answers or is no longer a
/// member. What one owner says of a listener carries the offset, so a message that comes late does no harm.
/// </remarks>
internal sealed partial class Announcer(SiloWorld world, SiloMembers members, IGrainFactory grains, ILogger<Announcer> logger)
{
    private const int MaxBatch = 2048;

    private readonly Lock _gate = new();
    private readonly Dictionary<SiloAddress, Dictionary<string, Move>> _waiting = [];

    /// <summary>Notes a move; the former one of the same listener that waits still is left out.</summary>
    public void Announce(Move move)
    {
        lock (_gate)
        {
            foreach (var silo in members.Others)
            {
                if (!_waiting.TryGetValue(silo, out var moves))
                {
                    _waiting.Add(silo, moves = new Dictionary<string, Move>(StringComparer.Ordinal));
                }

                moves[move.User] = moves.TryGetValue(move.User, out var former) ? Merge(former, move) : move;
            }
        }
    }

    /// <summary>Sends what waits, one message to each silo at a time.</summary>
    public Task SendAsync()
    {
        (SiloAddress Silo, Move[] Moves)[] batches;
        lock (_gate)
        {
            foreach (var gone in _waiting.Keys.Except(members.Others).ToArray())
            {
                _waiting.Remove(gone);
            }

            batches = [.. _waiting.Where(w => w.Value.Count > 0).Select(w => (w.Key, w.Value.Values.Take(MaxBatch).ToArray()))];
            foreach (var (silo, moves) in batches)
            {
                foreach (var move in moves)
                {
                    _waiting[silo].Remove(move.User);
                }
            }
        }

        return batches.Length == 0 ? Task.CompletedTask : Task.WhenAll(batches.Select(batch => SendAsync(batch.Silo, batch.Moves)));
    }

    private static Move Merge(Move former, Move move) => move with
    {
        Vector = move.Vector ?? former.Vector,
        Followed = [.. former.Followed, .. move.Followed],
        Unfollowed = [.. former.Unfollowed, .. move.Unfollowed],
    };

    private async Task SendAsync(SiloAddress silo, Move[] moves)
    {
        try
        {
            await grains.GetGrain<ISiloDoor>(silo.ToParsableString()).MovedAsync(world.Model?.Version.Value ?? 0, moves).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The silo may be gone, or come back; what it has not heard waits for the next time.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotHeard(silo, moves.Length, e.Message);
            lock (_gate)
            {
                if (_waiting.TryGetValue(silo, out var waiting))
                {
                    foreach (var move in moves)
                    {
                        // Follows are counted once at most: the silo may have heard them before its answer was lost.
                        var again = move with { Followed = [], Unfollowed = [] };
                        waiting[move.User] = waiting.TryGetValue(move.User, out var newer) ? Merge(again, newer) : again;
                    }
                }
            }
        }
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "Silo {Silo} did not hear of {Count} moves: {Reason}")]
    private partial void LogNotHeard(SiloAddress silo, int count, string reason);
}
