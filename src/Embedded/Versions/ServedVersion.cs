using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;

namespace Buddies.Embedded.Versions;

/// <summary>
/// Everything that depends on one model version: its files, the model bound to the catalogue, everybody's place and the
/// buddy sets. What answers a request takes one of these and nothing of another.
/// </summary>
/// <remarks>
/// Its memory lies outside the collector's reach, so readers are counted: each partition that may work with it, a round of
/// the audit, a change of the catalogue. The last one to let go frees it.
/// </remarks>
internal sealed class ServedVersion
{
    private readonly Action<RetiredVersion>? _retire;
    private int[] _rowOfUser;
    private int _users;
    private int _references = 1;

    /// <summary>Puts a version together; nobody is in its cells yet.</summary>
    /// <param name="snapshot">An open snapshot, which is this object's to dispose of.</param>
    /// <param name="model">The same, bound to the catalogue.</param>
    /// <param name="cells">Empty cells, this object's to dispose of.</param>
    /// <param name="auditor">Audits these cells.</param>
    /// <param name="active">Who has a buddy set in them.</param>
    /// <param name="partitions">How many partitions there are.</param>
    /// <param name="former">A version that nobody reads any more, whose memory may be used again; null for none.</param>
    /// <param name="retire">Is told when nobody reads this one any more; null for nobody.</param>
    public ServedVersion(
        Snapshot snapshot, ServingModel model, BuddyCells cells, BuddyAuditor auditor, ActiveListeners active, int partitions, RetiredVersion? former = null, Action<RetiredVersion>? retire = null)
    {
        (Snapshot, Model, Cells, Auditor, Active) = (snapshot, model, cells, auditor, active);
        (_rowOfUser, _retire) = (former?.RowOfUser ?? [], retire);
        Behind = new BehindListeners[partitions];
        for (var i = 0; i < partitions; i++)
        {
            Behind[i] = new BehindListeners();
        }
    }

    public SnapshotVersion Number => Model.Version;

    public Snapshot Snapshot { get; }

    public ServingModel Model { get; }

    public BuddyCells Cells { get; }

    public BuddyAuditor Auditor { get; }

    /// <summary>Who has a buddy set in these cells.</summary>
    public ActiveListeners Active { get; }

    /// <summary>What listeners did while this version served them, since the canary began or it became current.</summary>
    public Engagement Engagement { get; set; } = new();

    /// <summary>For each partition, its listeners whose vector here is older than their facts.</summary>
    public BehindListeners[] Behind { get; }

    /// <summary>Shared: how many hold it, its owner included.</summary>
    public int References => Volatile.Read(ref _references);

    /// <summary>Shared: bytes that go with it: its files, which are mapped, the cells, and what is made of both. Reserved memory counts whole.</summary>
    public long Bytes =>
        Snapshot.Manifest.Files.Sum(file => file.Bytes) + Cells.Bytes + Model.Bytes + ((long)_rowOfUser.Length * sizeof(int));

    /// <summary>Shared: how many listeners' vectors here are older than their facts.</summary>
    public int BehindCount => Behind.Sum(listeners => listeners.Count);

    /// <summary>Notes where each known listener's trained vector stands. Called before anybody is folded in.</summary>
    public void FindTrained(UserDirectory users)
    {
        var count = users.Positions;
        var rows = RetiredArrays.Fit(_rowOfUser, count);
        Array.Fill(rows, -1);
        Span<char> id = stackalloc char[Snapshot.LongestId];
        for (var row = 0; row < Snapshot.UserCount; row++)
        {
            // One who came back after an erasure has no event in the log, or newer ones alone: not the vector of before.
            if (users.Find(id[..Snapshot.CopyUserId(row, id)]) is { LastOffset: > 0 } state && state.Index.Value < count)
            {
                rows[state.Index.Value] = row;
            }
        }

        (_rowOfUser, _users) = (rows, count);
    }

    /// <summary>The snapshot's own vector of a listener, if nothing was heard of the listener since its watermark.</summary>
    /// <returns>False where the facts have to be folded in.</returns>
    public bool TryCopyTrained(UserState state, Span<float> vector)
    {
        var position = state.Index.Value;
        var row = position < _users ? _rowOfUser[position] : -1;
        if (row < 0 || state.LastOffset > Snapshot.Manifest.Watermark)
        {
            return false;
        }

        Snapshot.UserVector(row).CopyTo(vector);
        return true;
    }

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
            _retire?.Invoke(new RetiredVersion(Model, _rowOfUser));
        }
    }
}
