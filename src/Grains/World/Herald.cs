using Buddies.Engine.Serving;
using Buddies.Grains.Doorman;
using Buddies.Grains.Placement;

namespace Buddies.Grains.World;

/// <summary>Tells every silo what must be in force everywhere before somebody is answered.</summary>
/// <remarks>
/// What it tells stands in the store already, so a silo that joins meanwhile reads it as it catches up, and one that misses
/// it all the same finds it when it looks again (<see cref="SiloWorld.ReconcileAsync"/>).
/// </remarks>
internal sealed class Herald(SiloMembers members, SiloNode node, IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(25);

    /// <summary>Tells all, each until it has heard, or is no longer a member and has stopped answering.</summary>
    /// <param name="tell">Says it; may be said to one silo more than once.</param>
    /// <exception cref="RecommenderUnavailableException">A silo that may still answer has not heard within 25 s. Whoever asked may ask again.</exception>
    public Task TellAllAsync(Func<ISiloDoor, ValueTask> tell) =>
        Task.WhenAll(members.Active.Union(node.Lost).Select(silo => TellAsync(silo, tell)));

    private async Task TellAsync(SiloAddress silo, Func<ISiloDoor, ValueTask> tell)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                await tell(grains.GetGrain<ISiloDoor>(silo.ToParsableString())).AsTask().WaitAsync(s_patience, time).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (ClusterFailures.IsPassing(e))
            {
                if (!members.Active.Contains(silo) && !node.Lost.Contains(silo))
                {
                    return; // It answers nobody any more.
                }

                if (time.GetElapsedTime(since) > s_patience)
                {
                    throw new RecommenderUnavailableException("It is written, but a silo of the cluster has not heard of it: ask again.");
                }
            }

            await Task.Delay(s_pause, time).ConfigureAwait(false);
        }
    }
}
