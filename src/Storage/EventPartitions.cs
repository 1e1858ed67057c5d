using Buddies.Engine.Identifiers;

namespace Buddies.Storage;

/// <summary>The partitions of the log: a user's events are all in one, and it never changes.</summary>
public static class EventPartitions
{
    /// <summary>How many there are. It is written into databases: never change it.</summary>
    public const int Count = 64;

    /// <summary>The bits of all partitions.</summary>
    public const ulong All = ulong.MaxValue;

    /// <summary>The partition of a user, 0 to 63: FNV-1a of the id's UTF-16 units, modulo 64.</summary>
    public static int Of(UserId user)
    {
        ArgumentNullException.ThrowIfNull(user.Value);
        var hash = 2166136261u;
        foreach (var c in user.Value)
        {
            hash = (hash ^ c) * 16777619;
        }

        return (int)(hash % Count);
    }

    /// <summary>Whether a user's partition is among those of a range.</summary>
    public static bool Contains(ulong partitions, UserId user) =>
        partitions == All || ((partitions >> Of(user)) & 1) != 0;
}
