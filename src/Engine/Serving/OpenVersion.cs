using Buddies.Engine.Buddies;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;

namespace Buddies.Engine.Serving;

/// <summary>
/// One model version as any runtime has it open: its files, the model bound to the catalogue, everybody's place and the buddy
/// sets. What answers a request takes one of these and nothing of another.
/// </summary>
/// <remarks>
/// Its memory lies outside the collector's reach, so readers are counted, its owner among them: the last one to let go of
/// it frees it. Safe for concurrent use.
/// </remarks>
public abstract class OpenVersion
{
    private readonly HolderCount _holders = new();
    private volatile int _probe = -1;

    /// <summary>Puts a version together; nobody is in its cells yet.</summary>
    /// <param name="snapshot">An open snapshot, which is this object's to dispose of.</param>
    /// <param name="model">The same, bound to the catalogue.</param>
    /// <param name="cells">Empty cells, this object's to dispose of.</param>
    /// <param name="audit">How much of their sets is audited.</param>
    protected OpenVersion(Snapshot snapshot, ServingModel model, BuddyCells cells, BuddyAuditOptions audit)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Snapshot, Model, Cells) = (snapshot, model, cells);
        Auditor = new BuddyAuditor(cells, model.Dimension, audit);
    }

    /// <summary>Its number.</summary>
    public SnapshotVersion Number => Model.Version;

    /// <summary>Its files.</summary>
    public Snapshot Snapshot { get; }

    /// <summary>The model.</summary>
    public ServingModel Model { get; }

    /// <summary>Everybody's place.</summary>
    public BuddyCells Cells { get; }

    /// <summary>Audits those sets.</summary>
    public BuddyAuditor Auditor { get; }

    /// <summary>What listeners did while this version served them, since the canary began or it became current.</summary>
    public Engagement Engagement { get; set; } = new();

    /// <summary>How many hold it, its owner included.</summary>
    public int References => _holders.Count;

    /// <summary>Bytes that go with it: its files, which are mapped, the cells, and what is made of both. Reserved memory counts whole.</summary>
    public virtual long Bytes => Snapshot.Manifest.Files.Sum(file => file.Bytes) + Cells.Bytes + Model.Bytes;

    /// <summary>How many listeners' vectors here are older than their facts.</summary>
    public abstract int BehindCount { get; }

    /// <summary>The place in the cells of whoever measures freshness, who is no listener; −1 for none.</summary>
    public int Probe
    {
        get => _probe;
        set => _probe = value;
    }

    /// <summary>Listeners in the cells.</summary>
    public int Residents => Cells.Residents - (_probe < 0 ? 0 : 1);

    /// <summary>Listeners with a buddy set.</summary>
    public int ActiveSets => Cells.ActiveCount - (_probe < 0 ? 0 : 1);

    /// <summary>One round of the audit. One at a time.</summary>
    /// <param name="positions">Every listener's position is below this.</param>
    /// <param name="cancellationToken">Gives the round up.</param>
    /// <returns>What came of it; null where this version is gone already.</returns>
    public AuditRound? Audit(int positions, CancellationToken cancellationToken)
    {
        if (!TryAcquire())
        {
            return null;
        }

        try
        {
            return Auditor.Run(positions, _probe, cancellationToken);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Keeps it until <see cref="Release"/>.</summary>
    /// <returns>False when it is gone already.</returns>
    public bool TryAcquire() => _holders.TryAdd();

    /// <summary>Lets go of it; the last one frees it.</summary>
    public void Release()
    {
        if (_holders.Remove())
        {
            Free();
        }
    }

    /// <summary>Nobody holds it any more.</summary>
    protected virtual void Free()
    {
        Cells.Dispose();
        Snapshot.Dispose();
    }
}
