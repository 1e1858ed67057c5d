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
        if (float.IsNegativeInfinity(reachNew) && float.IsNegativeInfinity(reachOld) && float.IsPositiveInfinity(own))
        {
            return;
        }

        RowsScanned += cell.Count;
        var (correctNew, correctOld) = (Vector256.Create(128 * mover.NewSum), Vector256.Create(128 * mover.OldSum));
        var (scaleNew, scaleOld) = (Vector256.Create(mover.NewScale), Vector256.Create(mover.OldScale));
        var (reachNewLanes, reachOldLanes, ownLanes) = (Vector256.Create(reachNew), Vector256.Create(reachOld), Vector256.Create(own));
        var sums = stackalloc int[2 * TileKernel.Rows];
        fixed (sbyte* newCode = NewCode(visit.Mover), oldCode = OldCode(visit.Mover))
        fixed (float* scales = cell.Scales, limits = cell.Limits)
        {
            for (var tile = 0; tile < cell.TileCount; tile++)
            {
                var codes = cell.Codes + (tile * TileKernel.Rows * _padded);
                TileKernel.Score(codes, newCode, oldCode, _padded, sums, sums + TileKernel.Rows);
                for (var half = 0; half < TileKernel.Rows; half += 8)
                {
                    var at = (tile * TileKernel.Rows) + half;
                    var rowScales = Vector256.Load(scales + at);
                    var limit = Vector256.Load(limits + at);
                    var now = Vector256.ConvertToSingle(Vector256.Load(sums + half) - correctNew) * (rowScales * scaleNew);
                    var then = Vector256.ConvertToSingle(Vector256.Load(sums + TileKernel.Rows + half) - correctOld) * (rowScales * scaleOld);
                    var mask = (Vector256.GreaterThanOrEqual(now + reachNewLanes, limit)
                        | Vector256.GreaterThanOrEqual(then + reachOldLanes, limit)
                        | Vector256.GreaterThanOrEqual(now, ownLanes)).ExtractMostSignificantBits();
                    while (mask != 0)
                    {
                        var row = at + System.Numerics.BitOperations.TrailingZeroCount(mask);
                        mask &= mask - 1;
                        if (row < cell.Count && cell.Users[row] != mover.User)
                        {
                            _hits.Add(new Hit(visit.Mover, cell.Users[row], visit.SeesNew, visit.SeesOld));
                        }
                    }
                }
            }
        }
    }

    private readonly record struct Hit(int Mover, int User, bool SeesNew, bool SeesOld);

    private readonly record struct Visit(int Mover, int Cell, int Next, bool SeesNew, bool SeesOld);
}
