using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Embedded;

/// <summary>One listener in this process. Owned by one partition; only what is marked as shared may be read elsewhere.</summary>
internal sealed class UserState(UserId id, UserIndex index, UserTaste facts)
{
    private int _writes;
    private int _dirty;

    /// <summary>Shared.</summary>
    public UserId Id { get; } = id;

    /// <summary>Shared.</summary>
    public UserIndex Index { get; } = index;

    public UserTaste Facts { get; } = facts;

    /// <summary>Unit taste vector under the current model; null until derived. The array is replaced, never written.</summary>
    public float[]? Unit { get; set; }

    /// <summary>The vector that other listeners were last told of.</summary>
    public float[]? Announced { get; set; }

    /// <summary>The normal equations, while this listener is listening.</summary>
    public LiveTaste? Live { get; set; }

    public long LastOffset { get; set; }

    public bool NeedsCheckpoint { get; set; }

    /// <summary>The page's number; 0 before the first page.</summary>
    public long Sequence { get; set; }

    /// <summary>The latest page of each shape asked for, newest last; few.</summary>
    public List<(HomeRequest Request, HomePage Page)> Pages { get; } = [];

    public List<LiveSubscription> Subscriptions { get; } = [];

    public long LastPushTimestamp { get; set; }

    /// <summary>Shared: what moves matter; null while a page is being made, when all do.</summary>
    public Watch? Watch { get; set; }

    public bool IsErased { get; set; }

    /// <summary>Shared: asks for a new page at the next tick.</summary>
    public void MarkDirty() => Interlocked.Exchange(ref _dirty, 1);

    public bool IsDirty => Volatile.Read(ref _dirty) == 1;

    public bool TakeDirty() => Interlocked.Exchange(ref _dirty, 0) == 1;

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

/// <summary>What others compare their moves with: an active listener's place and its weakest buddy. Immutable.</summary>
internal sealed record Watch(UserState Listener, float[] Unit, float Weakest, HashSet<int> Buddies);
