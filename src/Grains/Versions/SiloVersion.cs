using System.Collections.Concurrent;
using Buddies.Engine.Buddies;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;

namespace Buddies.Grains.Versions;

/// <summary>One model version in one silo; what it counts of engagement is that of this silo's listeners.</summary>
/// <remarks>Whoever works with it holds a <see cref="VersionLease"/>.</remarks>
internal sealed class SiloVersion : OpenVersion
{
    private static int s_lastSerial;

    /// <summary>Puts a version together; nobody is in its cells yet.</summary>
    public SiloVersion(Snapshot snapshot, ServingModel model, BuddyCells cells, BuddyAuditOptions audit)
        : base(snapshot, model, cells, audit)
    {
    }

    /// <summary>Different for every version object of this process: the same files opened twice are two.</summary>
    public int Serial { get; } = Interlocked.Increment(ref s_lastSerial);

    /// <summary>Listeners whose place here is older than what this silo has heard of them, and the event of which it has heard.</summary>
    public ConcurrentDictionary<string, long> Behind { get; } = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int BehindCount => Behind.Count;

    /// <summary>Whether everybody was in place once; then it is kept up by <see cref="BehindKeeper"/>.</summary>
    public bool IsPrepared { get; set; }
}
