using System.Collections.Concurrent;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;

namespace Buddies.Grains.Versions;

/// <summary>
/// Everything of one silo that depends on one model version: its files, the model bound to the catalogue, everybody's place
/// and the buddy sets.
/// </summary>
/// <remarks>
/// Its memory lies outside the collector's reach, so whoever works with it holds a <see cref="VersionLease"/>: the last one
/// to let go of a version that was given up frees it.
/// </remarks>
internal sealed class SiloVersion
{
    private static int s_lastSerial;
    private int _references = 1;

    /// <summary>Puts a version together; nobody is in its cells yet.</summary>
    /// <param name="snapshot">An open snapshot, which is this object's to dispose of.</param>
    /// <param name="model">The same, bound to the catalogue.</param>
    /// <param name="cells">Empty cells, this object's to dispose of.</param>
    public SiloVersion(Snapshot snapshot, ServingModel model, BuddyCells cells) => (Snapshot, Model, Cells) = (snapshot, model, cells);

    public SnapshotVersion Number => Model.Version;

    /// <summary>Different for every version object of this process: the same files opened twice are two.</summary>
    public int Serial { get; } = Interlocked.Increment(ref s_lastSerial);

    public Snapshot Snapshot { get; }

    public ServingModel Model { get; }

    public BuddyCells Cells { get; }

    /// <summary>Listeners whose place here is older than what this silo has heard of them, and the event of which it has heard.</summary>
    public ConcurrentDictionary<string, long> Behind { get; } = new(StringComparer.Ordinal);

    /// <summary>What listeners of this silo did while this version served them.</summary>
    public Engagement Engagement { get; } = new();

    /// <summary>Whether everybody was in place once; then it is kept up by <see cref="BehindKeeper"/>.</summary>
    public bool IsPrepared { get; set; }

    /// <summary>How many hold it, its owner included.</summary>
    public int References => Volatile.Read(ref _references);

    /// <summary>Keeps it until <see cref="Release"/>.</summary>
    /// <returns>False when it is gone already.</returns>
    public bool TryAcquire()
    {
        var seen = References;
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Lets go of it; the last one frees it.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Cells.Dispose();
            Snapshot.Dispose();
        }
    }
}
