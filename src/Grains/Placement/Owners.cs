
namespace Buddies.Grains.Placement;

/// <summary>Which silo owns a listener: rendezvous hashing, so that a silo that comes or goes moves its own share only.</summary>
/// <remarks>
/// Thaler and Ravishankar 1998. The door uses the same rule as the placement, so that a batch arrives where its listeners
/// are. Where the two disagree for a moment, after a silo has come or gone, a call takes one step more and is as right.
/// </remarks>
internal static class Owners
{
    public static SiloAddress Of(string user, IReadOnlyList<SiloAddress> silos)
    {
        ArgumentOutOfRangeException.ThrowIfZero(silos.Count);
        var hash = HashOf(user);
        var (best, most) = (silos[0], 0UL);
        for (var i = 0; i < silos.Count; i++)
        {
            var weight = Mix(hash ^ (uint)silos[i].GetConsistentHashCode());
            if (weight > most || (weight == most && silos[i].CompareTo(best) < 0))
            {
                (best, most) = (silos[i], weight);
            }
        }

        return best;
    }

    /// <summary>FNV-1a with 64 bits: the same in every process.</summary>
    private static ulong HashOf(string user)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in user)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return hash;
    }

    /// <summary>The finaliser of SplitMix64: every bit of the sum counts in every bit of the weight.</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9UL;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebUL;
        return x ^ (x >> 31);
    }
}
