using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>Which listeners a canary serves: the same ones in every process and at every time, more of them as its share grows.</summary>
public static class CanaryBucket
{
    private const uint Buckets = 10_000;

    /// <summary>Whether a canary of this share serves a listener.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="percent">The canary's share, 0 to 100, in steps of a hundredth.</param>
    /// <returns>True for the same listener and every larger share too.</returns>
    public static bool Holds(UserId user, double percent) => percent > 0 && Of(user) < percent / 100 * Buckets;

    /// <summary>A listener's bucket.</summary>
    /// <param name="user">Whom.</param>
    /// <returns>0 to 9,999, the listeners spread evenly.</returns>
    public static int Of(UserId user)
    {
        // FNV-1a as for partitions, from another start and mixed once more (Murmur3's finalizer): who shares a partition
        // does not share a bucket.
        var hash = 0x9747B28Cu;
        foreach (var c in user.Value)
        {
            hash = (hash ^ c) * 16777619;
        }

        hash = (hash ^ (hash >> 16)) * 0x85EBCA6Bu;
        hash = (hash ^ (hash >> 13)) * 0xC2B2AE35u;
        return (int)((hash ^ (hash >> 16)) % Buckets);
    }
}
