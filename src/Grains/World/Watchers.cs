using System.Collections.Concurrent;

namespace Buddies.Grains.World;

/// <summary>The watched listeners of this silo, and what their buddy sets looked like when their pages were made last.</summary>
internal sealed class Watchers(SiloWorld world, IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, Seen> _watched = new(StringComparer.Ordinal);

    public int Count => _watched.Count;

    /// <summary>Notes the set that a page is about to be made of.</summary>
    public void Add(string user, Resident? resident)
    {
        var seen = new Seen(resident?.Index ?? -1, new int[world.Options.Buddies], new float[world.Options.Buddies]);
        seen.Count = Read(seen.Index, seen.Users, seen.Similarities);
        seen.Followers = world.Popular.Top;
        _watched[user] = seen;
    }

    public void Remove(string user) => _watched.TryRemove(user, out _);

    /// <summary>Has those refreshed whose buddies, or the popular playlists, are no longer what they were.</summary>
    public async Task LookAsync()
    {
        var (users, similarities) = (new int[world.Options.Buddies], new float[world.Options.Buddies]);
        foreach (var (user, seen) in _watched)
        {
            var count = Read(seen.Index, users, similarities);
            if (count != seen.Count
                || !ReferenceEquals(seen.Followers, world.Popular.Top)
                || !users.AsSpan(0, count).SequenceEqual(seen.Users.AsSpan(0, count))
                || !similarities.AsSpan(0, count).SequenceEqual(seen.Similarities.AsSpan(0, count)))
            {
                await grains.GetGrain<IListenerGrain>(user).RefreshAsync().ConfigureAwait(false);
            }
        }
    }

    private int Read(int index, int[] users, float[] similarities) => index < 0 ? 0 : world.Cells?.Read(index, users, similarities) ?? 0;

    private sealed class Seen(int index, int[] users, float[] similarities)
    {
        public int Index { get; } = index;

        public int[] Users { get; } = users;

        public float[] Similarities { get; } = similarities;

        public int Count { get; set; }

        public object? Followers { get; set; }
    }
}
