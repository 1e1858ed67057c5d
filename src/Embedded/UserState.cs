using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Embedded;

/// <summary>
/// One listener in this process, as small as may be: there are as many of these as listeners, and few of them are doing
/// anything. Owned by one partition; only what is marked as shared may be read elsewhere.
/// </summary>
internal sealed class UserState(UserId id, UserIndex index, UserTaste facts)
{
    private int _writes;
    private bool _isDirty;

    /// <summary>Shared.</summary>
    public UserId Id { get; } = id;

    /// <summary>Shared.</summary>
    public UserIndex Index { get; } = index;

    public UserTaste Facts { get; } = facts;

    /// <summary>What is kept while there is a use for it; null for an idle listener.</summary>
    public Attention? Attention { get; set; }

    public long LastOffset { get; set; }

    public bool NeedsCheckpoint { get; set; }

    public bool IsErased { get; set; }

    /// <summary>Shared: asks for a new page at the next tick.</summary>
    public void MarkDirty() => Volatile.Write(ref _isDirty, true);

    public bool TakeDirty() => Interlocked.Exchange(ref _isDirty, false);

    /// <summary>Brackets every change of the facts, so that another partition notices what it read halfway.</summary>
    public void BeginWrite()
    {
        Volatile.Write(ref _writes, _writes + 1);
        Volatile.WriteBarrier();
    }

    public void EndWrite() => Volatile.Write(ref _writes, _writes + 1);

    /// <summary>Shared: copies the known tracks as of one moment between two writes.</summary>
    public int CopyKnownTracks(Span<int> tracks)
    {
        var spin = default(SpinWait);
        while (true)
        {
            var before = Volatile.Read(ref _writes);
            if ((before & 1) == 0)
            {
                var count = Facts.CopyKnownTracks(tracks);
                Volatile.ReadBarrier();
                if (Volatile.Read(ref _writes) == before)
                {
                    return count;
                }
            }

            spin.SpinOnce();
        }
    }
}
