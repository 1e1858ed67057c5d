using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Buddies.Engine.Buddies.Cells;

public sealed partial class BuddyCells
{
    private readonly List<Hit> _hits = [];
    private readonly List<Visit> _visits = [];
    private readonly List<int> _visited = [];
    private readonly int[] _cellHeads;
    private readonly int[] _cellEntry;

    /// <summary>Visits every cell that some mover probes now or probed before, once, with all of its movers.</summary>
    private void Scan()
    {
        _hits.Clear();
        _visits.Clear();
        _visited.Clear();
        for (var m = 0; m < _moverCount; m++)
        {
            Plan(m);
        }

        foreach (var cell in _visited)
        {
            for (var visit = _cellHeads[cell]; visit >= 0; visit = _visits[visit].Next)
            {
                ScanCell(_cells[cell], _visits[visit]);
            }

            _cellHeads[cell] = -1;
        }
    }

    private void Plan(int m)
    {
        ref var mover = ref _movers[m];
        if (mover.NewCell >= 0)
        {
            foreach (var cell in _map.Probes(mover.NewCell))
            {
                _cellEntry[cell] = _visits.Count;
                AddVisit(cell, m, seesNew: true, seesOld: mover.OldCell == mover.NewCell);
            }
        }

        if (mover.OldCell < 0 || mover.OldCell == mover.NewCell)
        {
            return;
        }

        foreach (var cell in _map.Probes(mover.OldCell))
        {
            var entry = _cellEntry[cell];
            if (mover.NewCell >= 0 && entry < _visits.Count && _visits[entry] is var visit && visit.Mover == m && visit.Cell == cell)
            {
                _visits[entry] = visit with { SeesOld = true };
            }
            else
            {
                AddVisit(cell, m, seesNew: false, seesOld: true);
            }
        }
    }

    private void AddVisit(int cell, int mover, bool seesNew, bool seesOld)
    {
        if (_cellHeads[cell] < 0)
        {
            _visited.Add(cell);
        }

        _visits.Add(new Visit(mover, cell, _cellHeads[cell], seesNew, seesOld));
        _cellHeads[cell] = _visits.Count - 1;
    }

    /// <summary>Finds the rows whose set a mover was in or may now be in, and those that may belong into its own.</summary>
    private unsafe void ScanCell(Cell cell, Visit visit)
    {
        ref var mover = ref _movers[visit.Mover];
        var (errorNew, errorOld) = (mover.NewError, mover.OldError);
        var reachNew = visit.SeesNew && mover.SeenNow ? errorNew : float.NegativeInfinity;
        var reachOld = visit.SeesOld && mover.SeenBefore ? errorOld : float.NegativeInfinity;
        var own = visit.SeesNew ? mover.Threshold - errorNew - (ErrorFactor * cell.LargestError) : float.PositiveInfinity;
        var isHeard = cell.Watchers > 0 && (!float.IsNegativeInfinity(reachNew) || !float.IsNegativeInfinity(reachOld));
        if (!isHeard && float.IsPositiveInfinity(own))
        {
            return;
        }

        RowsScanned += cell.Count;
        var (correctNew, correctOld) = (Vector256.Create(128 * mover.NewSum), Vector256.Create(128 * mover.OldSum));
        var (scaleNew, scaleOld) = (Vector256.Create(mover.NewScale), Vector256.Create(mover.OldScale));
        var (reachNewLanes, reachOldLanes, ownLanes) = (Vector256.Create(reachNew), Vector256.Create(reachOld), Vector256.Create(own));
        fixed (sbyte* newCode = NewCode(visit.Mover), oldCode = OldCode(visit.Mover))
        fixed (float* scales = cell.Scales, limits = cell.Limits)
        {
            for (var tile = 0; tile < cell.TileCount; tile++)
            {
                var at = tile * TileKernel.Rows;
                TileKernel.Prefetch(cell.Codes + ((at + TileKernel.RowsAhead) * _padded), _padded);
                TileKernel.Score(
                    cell.Codes + (at * _padded), newCode, oldCode, _padded, out var newLow, out var newHigh, out var oldLow, out var oldHigh);
                var mask = Passing(newLow, oldLow, scales + at, limits + at) | (Passing(newHigh, oldHigh, scales + at + 8, limits + at + 8) << 8);
                for (; mask != 0; mask &= mask - 1)
                {
                    var row = at + BitOperations.TrailingZeroCount(mask);
                    if (row < cell.Count && cell.Users[row] != mover.User)
                    {
                        _hits.Add(new Hit(visit.Mover, cell.Users[row], visit.SeesNew, visit.SeesOld));
                    }
                }
            }
        }

        // In eight rows at a time: estimates of now and before against each row's own limit, and now against the mover's.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        uint Passing(Vector256<int> newSums, Vector256<int> oldSums, float* rowScales, float* rowLimits)
        {
            var scale = Vector256.Load(rowScales);
            var limit = Vector256.Load(rowLimits);
            var now = Vector256.ConvertToSingle(newSums - correctNew) * (scale * scaleNew);
            var then = Vector256.ConvertToSingle(oldSums - correctOld) * (scale * scaleOld);
            return (Vector256.GreaterThanOrEqual(now + reachNewLanes, limit)
                | Vector256.GreaterThanOrEqual(then + reachOldLanes, limit)
                | Vector256.GreaterThanOrEqual(now, ownLanes)).ExtractMostSignificantBits();
        }
    }

    private readonly record struct Hit(int Mover, int User, bool SeesNew, bool SeesOld);

    private readonly record struct Visit(int Mover, int Cell, int Next, bool SeesNew, bool SeesOld);
}
