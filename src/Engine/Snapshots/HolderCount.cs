namespace Buddies.Engine.Snapshots;

/// <summary>
/// Counts who holds something whose memory lies outside the collector's reach, its owner first: the last one to let go frees
/// it, and nobody takes it up again. Safe for concurrent use.
/// </summary>
internal sealed class HolderCount
{
    private int _count = 1;

    /// <summary>How many hold it, the owner included; 0 once it is gone.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>One more.</summary>
    /// <returns>False when it is gone already.</returns>
    public bool TryAdd()
    {
        var seen = Count;
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _count, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>One less.</summary>
    /// <returns>Whether that was the last one, who has to free it.</returns>
    public bool Remove() => Interlocked.Decrement(ref _count) == 0;
}
