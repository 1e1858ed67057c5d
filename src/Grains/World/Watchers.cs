using System.Collections.Concurrent;
using Buddies.Engine.Identifiers;
using Buddies.Grains.Placement;
using Buddies.Grains.Versions;

namespace Buddies.Grains.World;

/// <summary>The watched listeners of this silo, and what their buddy sets looked like when their pages were made last.</summary>
internal sealed class Watchers(SiloWorld world, IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, Seen> _watched = new(StringComparer.Ordinal);

    public int Count => _watched.Count;

    /// <summary>Notes the set that a page is about to be made of.</summary>
    public void Add(UserId user, Resident? resident)
    {
        using var lease = world.Take(user);
        var seen = new Seen(lease.Version?.Serial ?? 0, resident?.Index ?? -1, new int[world.Options.Buddies], new float[world.Options.Buddies]);
        seen.Count = Read(lease, seen.Index, seen.Users, seen.Similarities);
        (seen.Followers, seen.View) = (world.Popular.Top, world.Views);
        _watched[user.Value] = seen;
    }

    public void Remove(string user) => _watched.TryRemove(user, out _);

    /// <summary>Has those refreshed whose buddies, version or popular playlists are no longer what they were.</summary>
    public async Task LookAsync()
    {
        var (users, similarities) = (new int[world.Options.Buddies], new float[world.Options.Buddies]);
        foreach (var (user, seen) in _watched)
        {
            if (HasChanged(user, seen, users, similarities))
            {
                await grains.ListenerOf(user).RefreshAsync().ConfigureAwait(false);
            }
        }
    }

    private bool HasChanged(string user, Seen seen, int[] users, float[] similarities)
    {
        using var lease = world.Take(new UserId(user));
        var count = Read(lease, seen.Index, users, similarities);
        return seen.Version != (lease.Version?.Serial ?? 0)
            || seen.View != world.Views
            || count != seen.Count
            || !ReferenceEquals(seen.Followers, world.Popular.Top)
            || !users.AsSpan(0, count).SequenceEqual(seen.Users.AsSpan(0, count))
            || !similarities.AsSpan(0, count).SequenceEqual(seen.Similarities.AsSpan(0, count));
    }

    private static int Read(VersionLease lease, int index, int[] users, float[] similarities) =>
        index < 0 ? 0 : lease.Version?.Cells.Read(index, users, similarities) ?? 0;

    private sealed class Seen(int version, int index, int[] users, float[] similarities)
    {
        public int Version { get; } = version;

        public int Index { get; } = index;

        public int[] Users { get; } = users;

        public float[] Similarities { get; } = similarities;

        public int Count { get; set; }

        public object? Followers { get; set; }

        /// <summary>As <see cref="SiloWorld.Views"/> counts.</summary>
        public int View { get; set; }
    }
}
