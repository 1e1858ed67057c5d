using Buddies.Engine.Buddies;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;

namespace Buddies.Embedded.Versions;

/// <summary>One model version in one process.</summary>
/// <remarks>Those who hold it: each partition that may work with it, a round of the audit, a change of the catalogue.</remarks>
internal sealed class ServedVersion : OpenVersion
{
    private readonly Action<RetiredVersion>? _retire;
    private int[] _rowOfUser;
    private int _users;

    /// <summary>Puts a version together; nobody is in its cells yet.</summary>
    /// <param name="snapshot">An open snapshot, which is this object's to dispose of.</param>
    /// <param name="model">The same, bound to the catalogue.</param>
    /// <param name="cells">Empty cells, this object's to dispose of.</param>
    /// <param name="audit">How much of their sets is audited.</param>
    /// <param name="partitions">How many partitions there are.</param>
    /// <param name="former">A version that nobody reads any more, whose memory may be used again; null for none.</param>
    /// <param name="retire">Is told when nobody reads this one any more; null for nobody.</param>
    public ServedVersion(
        Snapshot snapshot, ServingModel model, BuddyCells cells, BuddyAuditOptions audit, int partitions, RetiredVersion? former = null, Action<RetiredVersion>? retire = null)
        : base(snapshot, model, cells, audit)
    {
        (_rowOfUser, _retire) = (former?.RowOfUser ?? [], retire);
        Behind = new BehindListeners[partitions];
        for (var i = 0; i < partitions; i++)
        {
            Behind[i] = new BehindListeners();
        }
    }

    /// <summary>For each partition, its listeners whose vector here is older than their facts.</summary>
    public BehindListeners[] Behind { get; }

    /// <inheritdoc/>
    public override long Bytes => base.Bytes + ((long)_rowOfUser.Length * sizeof(int));

    /// <inheritdoc/>
    public override int BehindCount => Behind.Sum(listeners => listeners.Count);

    /// <summary>Notes where each known listener's trained vector stands. Called before anybody is folded in.</summary>
    /// <param name="users">Who is known.</param>
    /// <param name="pause">Called between short pieces of work, and may rest; null for nobody.</param>
    public void FindTrained(UserDirectory users, Action? pause = null)
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

            if (row % 64 == 0)
            {
                pause?.Invoke();
            }
        }

        (_rowOfUser, _users) = (rows, count);
    }

    /// <summary>
    /// Listeners in the order in which their vectors stand in the snapshot, then those who have none there: taken so, the file is read from
    /// front to back, and one cell is filled after the other.
    /// </summary>
    /// <param name="positions">How many there are.</param>
    /// <returns>[positions], each position once.</returns>
    public int[] InOrderOfRows(int positions)
    {
        var positionOfRow = new int[Snapshot.UserCount];
        Array.Fill(positionOfRow, -1);
        var order = new int[positions];
        var last = positions;
        for (var position = positions - 1; position >= 0; position--)
        {
            if (position < _users && _rowOfUser[position] is >= 0 and var row)
            {
                positionOfRow[row] = position;
            }
            else
            {
                order[--last] = position;
            }
        }

        var count = 0;
        foreach (var position in positionOfRow)
        {
            if (position >= 0)
            {
                order[count++] = position;
            }
        }

        return order;
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

    /// <summary>Takes the snapshot's vectors of some listeners out of memory, in the order of <see cref="InOrderOfRows"/>.</summary>
    /// <param name="former">Who was let go of last; null for nobody.</param>
    /// <param name="position">Everybody up to this one is placed.</param>
    public void LetGoOfVectors(int? former, int position)
    {
        if (position < _users && _rowOfUser[position] is >= 0 and var row)
        {
            Snapshot.LetGoOfUserVectors(former is { } before ? _rowOfUser[before] : 0, row);
        }
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        base.Free();
        _retire?.Invoke(new RetiredVersion(Model, _rowOfUser));
    }
}
