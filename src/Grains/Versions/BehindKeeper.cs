using Buddies.Engine.Identifiers;
using Buddies.Grains.Placement;
using Buddies.Grains.World;

namespace Buddies.Grains.Versions;

/// <summary>
/// Brings places up to date in versions that do not serve their listeners: whoever has listened is asked for by one
/// question a silo, once for all that was listened to meanwhile.
/// </summary>
internal sealed class BehindKeeper(SiloWorld world, SiloMembers members, IGrainFactory grains, GrainMetrics metrics)
{
    private const int Batch = 512;

    /// <summary>Looks at every version once. One that serves nobody is let fall behind a little: most will listen again.</summary>
    public async Task LookAsync()
    {
        var plan = world.Plan;
        foreach (var version in plan.All)
        {
            var most = version == plan.Current || version == plan.Canary ? 0 : world.Options.MostBehind;
            if (version.IsPrepared && version.Behind.Count > most)
            {
                await CatchUpAsync(version).ConfigureAwait(false);
            }
        }
    }

    private async Task CatchUpAsync(SiloVersion version)
    {
        foreach (var batch in version.Behind.Keys.Chunk(Batch))
        {
            var active = members.Active;
            await Task.WhenAll(batch.GroupBy(user => Owners.Of(user, active)).Select(of => AskAsync(version, of.Key, [.. of]))).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(SiloVersion version, SiloAddress silo, string[] users)
    {
        Move?[] moves;
        try
        {
            moves = await grains.GetGrain<ISiloDoor>(silo.ToParsableString())
                .StandAsync(version.Number.Value, Array.ConvertAll(users, user => new UserId(user))).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailures.IsPassing(e))
        {
            return; // They stay behind until the next round.
        }

        for (var i = 0; i < users.Length; i++)
        {
            if (!world.Users.TryFind(users[i], out _))
            {
                _ = version.Behind.TryRemove(users[i], out _); // Erased.
            }
            else if (moves[i] is not { } move)
            {
                // The owner does not have this version, or nothing of this listener.
                await world.PlaceFromStoreAsync([version], users[i], CancellationToken.None).ConfigureAwait(false);
                metrics.OnFoldedAgain();
            }
            else if (version.TryAcquire())
            {
                _ = world.Place(version, move.User, move.Offset, move.Vector ?? []);
                version.Release();
                metrics.OnFoldedAgain();
            }
        }
    }
}
