using System.Collections.Concurrent;
using Buddies.Engine.Identifiers;
using Buddies.Grains.Placement;
using Buddies.Grains.World;
using Buddies.Storage.Home;

namespace Buddies.Grains.Home;

/// <summary>
/// Takes a listener out of what all silos have logged of Home: each out of its own files, and whoever erases out of the files
/// of those that do not run any more. A note in the store outlives a crash: the first of the members goes on with it.
/// </summary>
internal sealed class HomeEraser(SiloWorld world, SiloMembers members, Herald herald)
{
    /// <summary>Erases; the note stands in the store already.</summary>
    /// <returns>False where the files of a silo are left that neither answers nor has ended: then the note stays, and it is tried again.</returns>
    public async Task<bool> EraseAsync(UserId user)
    {
        var home = world.Home!;
        var playlists = (await home.ErasingAsync(CancellationToken.None).ConfigureAwait(false)).PlaylistsOf(user);
        string[] names = [.. playlists.Select(playlist => playlist.Value)];
        var done = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await herald.TellAllAsync(async door => done[await door.ForgetHomeAsync(user, names).ConfigureAwait(false)] = true).ConfigureAwait(false);
        var held = await SiloFolder.EraseUnheldAsync(
            world.Options.DataDirectory, user, playlists, done.Keys.ToHashSet(StringComparer.Ordinal), withRoot: true).ConfigureAwait(false);
        await home.Choices.WriteAsync(user, null).ConfigureAwait(false);
        await home.EraseLearnedAsync(user, playlists).ConfigureAwait(false);
        if (held.Count > 0)
        {
            return false;
        }

        await home.EndErasureAsync(user).ConfigureAwait(false);
        return true;
    }

    /// <summary>Goes on with erasures that a crash, or a silo that did not answer, has left.</summary>
    public async Task LookAsync()
    {
        if (world.Home is { } home && members.Active.Min()!.Equals(members.Self))
        {
            foreach (var user in (await home.ErasingAsync(CancellationToken.None).ConfigureAwait(false)).Users)
            {
                await EraseAsync(new UserId(user)).ConfigureAwait(false);
            }
        }
    }
}
