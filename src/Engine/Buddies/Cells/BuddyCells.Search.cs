using System.Numerics;
using System.Runtime.Intrinsics;

namespace Buddies.Engine.Buddies.Cells;

public sealed unsafe partial class BuddyCells
{
    /// <summary>No similarity is as low.</summary>
    private const float Nothing = -2;

    /// <summary>How far ahead of the scan its bytes are fetched: the CPU's own fetching stops at the end of each cell.</summary>
    private const int TilesAhead = 4;

    /// <summary>Candidates are sifted when there are so many times more than fit into a set.</summary>
    private const int SiftAt = 4;

    /// <summary>
    /// Looks through the cells that a listener probes: for whoever belongs into its set, and for the sets that it belongs
    /// into. Marks must say who is in whose set already.
    /// </summary>
    /// <param name="work">Holds its vector and code.</param>
    /// <param name="user">Who.</param>
    /// <param name="listener">Who.</param>
    /// <param name="isHeard">Whether it has moved, so that others must hear of it.</param>
    private void Search(Workspace work, int user, Listener* listener, bool isHeard)
    {
        Interlocked.Increment(ref _searches);
        isHeard &= !listener->IsInvisible;
        var set = listener->Set >= 0 ? SetAt(listener->Set) : null;
        work.Hits.Count = 0;
        work.Candidates.Count = 0;
        var scan = new Scan { Line = float.PositiveInfinity, OwnError = work.Error, IsHeard = isHeard, SiftAt = SiftAt * _capacity };
        if (set != null)
        {
            scan.Line = Open(listener, set);
        }

        ScanCells(work, user, listener->Cell, set != null, ref scan);
        if (work.Hits.Count > 0)
        {
            Enter(work, user, listener);
        }

        if (set != null)
        {
            Verify(work, user, ref scan);
            Rebuild(work, listener, set, scan.Line);
            Watch(work, user, listener, set);
            SetLimit(listener, set);
        }
    }

    /// <summary>Makes a set take in whoever comes by while its cells are searched.</summary>
    /// <returns>What a similarity must reach to belong into the set, as far as its members tell.</returns>
    private float Open(Listener* listener, BuddySet* set)
    {
        SpinGate.Enter(ref set->Gate);
        set->Bound = 0;
        var isFilled = set->Count >= (Count + _capacity + 1) / 2;
        var line = isFilled ? BuddyKey.Similarity(KeyKernel.MinAbove(BuddySet.Keys(set), _capacity, 0)) : Nothing;
        SpinGate.Exit(ref set->Gate);
        SetLimit(listener, set);
        return line;
    }

    private void ScanCells(Workspace work, int user, int home, bool hasSet, ref Scan scan)
    {
        long rows = 0;
        ScanCell(work, user, home, hasSet, ref scan, ref rows);
        foreach (var cell in _map.Probes(home))
        {
            if (cell != home)
            {
                ScanCell(work, user, cell, hasSet, ref scan, ref rows);
            }
        }

        Interlocked.Add(ref _rowsScanned, rows);
    }

    private void ScanCell(Workspace work, int user, int number, bool hasSet, ref Scan scan, ref long rows)
    {
        var cell = _cells[number];
        if (cell.Count == 0 || (!hasSet && (!scan.IsHeard || cell.Watchers == 0)))
        {
            return;
        }

        var spinner = default(SpinWait);
        while (true)
        {
            var version = cell.Version;
            if ((version & 1) == 0)
            {
                Pass(work, cell, in scan);
                if (cell.Version == version)
                {
                    break;
                }
            }

            spinner.SpinOnce();
        }

        rows += cell.Count;
        scan.RowError = Math.Max(scan.RowError, ErrorFactor * cell.LargestError);
        var own = scan.Line - scan.OwnError - (ErrorFactor * cell.LargestError);
        foreach (var (who, estimate, isHit) in work.Passed.Items)
        {
            var other = who & ~Cell.Invisible;
            if (other == user)
            {
                continue;
            }

            if (isHit)
            {
                work.Hits.Add(other);
            }

            if (hasSet && who >= 0 && estimate >= own && !IsBlocked(user, other))
            {
                work.Candidates.Add(BuddyKey.Of(estimate, other));
            }
        }

        if (hasSet && work.Candidates.Count >= scan.SiftAt)
        {
            Sift(work, ref scan);
        }
    }

    /// <summary>Notes the rows of a cell whose estimate reaches the row's own limit or the line of the searching set.</summary>
    private void Pass(Workspace work, Cell cell, in Scan scan)
    {
        work.Passed.Count = 0;
        var (count, stride, codeBytes) = (cell.Count, Cell.StrideOf(_padded), _padded * TileKernel.Rows);
        var lanes = Vector256.Create(work.Scale);
        var correct = Vector256.Create(128 * work.CodeSum);
        var error = Vector256.Create(scan.OwnError);
        var least = scan.IsHeard ? float.MinValue : float.PositiveInfinity;
        var never = Vector256.Create(least);
        var own = Vector256.Create(scan.Line - scan.OwnError - (ErrorFactor * cell.LargestError));
        var estimates = stackalloc float[TileKernel.Rows];
        var tile = cell.Tiles;
        fixed (sbyte* code = work.Code)
        {
            for (var at = 0; at < count; at += TileKernel.Rows, tile += stride)
            {
                for (var i = 0; i < stride; i += Arena.Line)
                {
                    Prefetch(tile + (TilesAhead * stride) + i);
                }

                TileKernel.Score(tile, code, _padded, out var low, out var high);
                var scales = (float*)(tile + codeBytes);
                var first = Vector256.ConvertToSingle(low - correct) * (Vector256.Load(scales) * lanes);
                var second = Vector256.ConvertToSingle(high - correct) * (Vector256.Load(scales + 8) * lanes);
                var firstLimit = Vector256.Min(own, Vector256.Max(never, Vector256.Load(scales + 16) - error));
                var secondLimit = Vector256.Min(own, Vector256.Max(never, Vector256.Load(scales + 24) - error));
                var mask = Vector256.GreaterThanOrEqual(first, firstLimit).ExtractMostSignificantBits()
                    | (Vector256.GreaterThanOrEqual(second, secondLimit).ExtractMostSignificantBits() << 8);
                if (mask == 0)
                {
                    continue;
                }

                first.Store(estimates);
                second.Store(estimates + 8);
                var users = (int*)(scales + 32);
                for (; mask != 0; mask &= mask - 1)
                {
                    var i = BitOperations.TrailingZeroCount(mask);
                    if (at + i < count)
                    {
                        work.Passed.Add(new Passed(users[i], estimates[i], estimates[i] >= Math.Max(least, scales[16 + i] - scan.OwnError)));
                    }
                }
            }
        }
    }

    /// <summary>Raises the line to what as many candidates as fit surely reach, and lets those go that surely do not.</summary>
    private void Sift(Workspace work, ref Scan scan)
    {
        var candidates = work.Candidates;
        var padded = (candidates.Count + KeyKernel.Lanes - 1) / KeyKernel.Lanes * KeyKernel.Lanes;
        candidates.Reserve(padded);
        new Span<ulong>(candidates.Pointer + candidates.Count, padded - candidates.Count).Clear();
        var sure = BuddyKey.Similarity(KeyKernel.KthLargest(candidates.Pointer, padded, _capacity));
        var error = scan.OwnError + scan.RowError;
        scan.Line = Math.Max(scan.Line, sure - error);
        var (kept, least) = (0, BuddyKey.Below(scan.Line - error));
        foreach (var key in candidates.Items)
        {
            if (key >= least)
            {
                candidates[kept++] = key;
            }
        }

        candidates.Count = kept;
        scan.SiftAt = Math.Max(SiftAt * _capacity, 2 * kept);
    }

    /// <summary>What a search knows as it goes on.</summary>
    private struct Scan
    {
        /// <summary>What a similarity must reach to belong into the set; +∞ without a set.</summary>
        public float Line;

        /// <summary>How far an estimate may be off through the searcher's own code.</summary>
        public float OwnError;

        /// <summary>How far through the rows' codes, at most.</summary>
        public float RowError;

        /// <summary>How many candidates are sifted next.</summary>
        public int SiftAt;

        /// <summary>Whether others must hear of the searcher.</summary>
        public bool IsHeard;
    }
}
