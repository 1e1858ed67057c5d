using Buddies.Grains.Placement;
using Microsoft.Extensions.Logging;

namespace Buddies.Grains.World;

/// <summary>Tells the other silos of the moves of this silo's listeners: the latest of each, many in one message.</summary>
/// <remarks>
/// A silo that does not answer keeps what it has not heard, one message a listener, until it answers or is no longer a
/// member. What one owner says of a listener carries the offset, so a message that comes late does no harm.
/// </remarks>
internal sealed partial class Announcer(SiloMembers members, IGrainFactory grains, ILogger<Announcer> logger)
{
    private const int MaxBatch = 2048;

    private readonly Lock _gate = new();
    private readonly Dictionary<SiloAddress, Dictionary<string, Said>> _waiting = [];
    private readonly Dictionary<SiloAddress, Task> _sending = [];

    /// <summary>Notes a move; the former one of the same listener that waits still is left out.</summary>
    /// <param name="version">The version that its vector is of.</param>
    /// <param name="move">The move.</param>
    public void Announce(int version, Move move)
    {
        var said = new Said(version, move);
        lock (_gate)
        {
            foreach (var silo in members.Others)
            {
                if (!_waiting.TryGetValue(silo, out var moves))
                {
                    _waiting.Add(silo, moves = new Dictionary<string, Said>(StringComparer.Ordinal));
                }

                moves[move.User] = moves.TryGetValue(move.User, out var former) ? Merge(former, said) : said;
            }
        }
    }

    /// <summary>Sends what waits, one message to each silo at a time; one that does not answer holds up nobody else.</summary>
    public void Send()
    {
        lock (_gate)
        {
            foreach (var gone in _waiting.Keys.Except(members.Others).ToArray())
            {
                _waiting.Remove(gone);
            }

            foreach (var done in _sending.Where(s => s.Value.IsCompleted).Select(s => s.Key).ToArray())
            {
                _sending.Remove(done);
            }

            foreach (var (silo, waiting) in _waiting)
            {
                if (waiting.Count > 0 && !_sending.ContainsKey(silo))
                {
                    Said[] batch = [.. waiting.Values.Take(MaxBatch)];
                    Array.ForEach(batch, said => waiting.Remove(said.Move.User));
                    _sending.Add(silo, Task.Run(() => SendAsync(silo, batch)));
                }
            }
        }
    }

    /// <summary>Sends what waits now, and waits for the answers.</summary>
    public async Task FlushAsync()
    {
        Send();
        Task[] sending;
        lock (_gate)
        {
            sending = [.. _sending.Values];
        }

        await Task.WhenAll(sending).ConfigureAwait(false);
    }

    /// <summary>Both in one: the first move by another version always carries its vector.</summary>
    private static Said Merge(Said former, Said newer) => newer with
    {
        Move = newer.Move with
        {
            Vector = newer.Move.Vector ?? (former.Version == newer.Version ? former.Move.Vector : null),
            Followed = [.. former.Move.Followed, .. newer.Move.Followed],
            Unfollowed = [.. former.Move.Unfollowed, .. newer.Move.Unfollowed],
        },
    };

    private Task SendAsync(SiloAddress silo, Said[] batch) =>
        Task.WhenAll(batch.GroupBy(said => said.Version).Select(of => SendAsync(silo, of.Key, [.. of])));

    private async Task SendAsync(SiloAddress silo, int version, Said[] moves)
    {
        try
        {
            await grains.GetGrain<ISiloDoor>(silo.ToParsableString()).MovedAsync(version, Array.ConvertAll(moves, said => said.Move)).ConfigureAwait(false);
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
                    foreach (var said in moves)
                    {
                        // Follows are counted once at most: the silo may have heard them before its answer was lost.
                        var again = said with { Move = said.Move with { Followed = [], Unfollowed = [] } };
                        waiting[said.Move.User] = waiting.TryGetValue(said.Move.User, out var newer) ? Merge(again, newer) : again;
                    }
                }
            }
        }
    }

    private readonly record struct Said(int Version, Move Move);

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "Silo {Silo} did not hear of {Count} moves: {Reason}")]
    private partial void LogNotHeard(SiloAddress silo, int count, string reason);
}
