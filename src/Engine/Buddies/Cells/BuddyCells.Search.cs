using System.Numerics;
using System.Runtime.Intrinsics;

namespace Buddies.Engine.Buddies.Cells;

public sealed unsafe partial class BuddyCells
{
    /// <summary>No similarity is as low.</summary>
    private const float Nothing = -2;

    /// <summary>How far ahead of the scan its bytes are fetched: the CPU's own fetching stops at the end of each cell.</summary>
    private const int TilesAhead = 4;

    /// <summary>A cell whose residents reach a line only beyond so many standard deviations is passed over.</summary>
    private const float Deviations = 3;

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
        if (_drift == 0)
        {
            // Others who change cells at the same time may have made the marks untrue.
            work.Marks.Clear();
        }

        var scan = new Scan { Line = float.PositiveInfinity, OwnError = work.QueryError, IsHeard = isHeard, SiftAt = SiftAt * _capacity };
        if (set != null)
        {
            scan.Line = Open(user, listener, set);
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
            if (_isWatching)
            {
                Watch(work, user, listener, set);
            }

            SetLimit(user, listener, set);
            if (isHeard && !BuddySet.IsProven(set))
            {
                work.Short.Add(user);
            }
        }
    }

    /// <summary>Makes a set take in whoever comes by while its cells are searched.</summary>
    /// <returns>What a similarity must reach to belong into the set, as far as its members tell.</returns>
    private float Open(int user, Listener* listener, BuddySet* set)
    {
        SpinGate.Enter(ref set->Gate);
        set->Bound = 0;
        var isFilled = set->Count >= (Count + _capacity + 1) / 2;
        var line = _drift > 0 && set->Count >= _wellKnown ? BuddyKey.Similarity(KeyKernel.KthLargest(BuddySet.Keys(set), _capacity, _wellKnown))
            : isFilled ? BuddyKey.Similarity(KeyKernel.MinAbove(BuddySet.Keys(set), _capacity, 0))
            : Nothing;
        SpinGate.Exit(ref set->Gate);
        SetLimit(user, listener, set);

        // Open before it looks: of two who do this at once one sees the other.
        Interlocked.MemoryBarrier();
        return line;
    }

    private void ScanCells(Workspace work, int user, int home, bool hasSet, ref Scan scan)
    {
        long rows = 0;
        foreach (var cell in _map.Likest(home))
        {
            ScanCell(work, user, home, cell, hasSet, ref scan, ref rows);
        }

        Interlocked.Add(ref _rowsScanned, rows);
    }

    private void ScanCell(Workspace work, int user, int home, int number, bool hasSet, ref Scan scan, ref long rows)
    {
        var cell = _cells[number];
        if (cell.Count == 0 || (!hasSet && (!scan.IsHeard || cell.Watchers == 0)))
        {
            return;
        }

        if (_drift > 0 && number != home && IsHopeless(work, cell, number, in scan))
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
                Volatile.ReadBarrier();
                if (cell.Version == version)
                {
                    break;
                }
            }

            spinner.SpinOnce();
        }

        rows += cell.Count;
        scan.RowError = Math.Max(scan.RowError, _errorFactor * cell.LargestError);
        var own = scan.Line - scan.OwnError - (_errorFactor * cell.LargestError);
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

    /// <summary>
    /// Whether a cell that is probed holds hardly anybody for this searcher: residents lie around the centroid about
    /// evenly in all directions, so their similarities to it are nearly normal, with a mean and a deviation known beforehand.
    /// </summary>
    private bool IsHopeless(Workspace work, Cell cell, int number, in Scan scan)
    {
        var line = scan.IsHeard && cell.Watchers > 0 ? Math.Min(scan.Line, cell.Openness) : scan.Line;
        var (cosine, closeness) = (_map.ScoreOf(number, work.Vector), cell.Closeness);
        var spread = MathF.Sqrt(Math.Max(0, 1 - (cosine * cosine)) * Math.Max(0, 1 - (closeness * closeness)));
        return (cosine * closeness) + (Deviations * _deviation * spread) < line;
    }

    /// <summary>Notes the rows of a cell whose estimate reaches the row's own limit or the line of the searching set.</summary>
    private void Pass(Workspace work, Cell cell, in Scan scan)
    {
        work.Passed.Count = 0;
        var count = cell.Count;
        var (stride, codeBytes) = (Cell.StrideOf(_padded), _padded * TileKernel.Rows);
        var (lanes, fineLanes) = (Vector256.Create(work.Scale), Vector256.Create(work.FineScale));
        var (correct, fineCorrect) = (Vector256.Create(128 * work.CodeSum), Vector256.Create(128 * work.FineSum));
        var (open, lowest, tiles) = (Vector256<float>.Zero, Vector256.Create(float.PositiveInfinity), 0);
        var error = Vector256.Create(scan.OwnError);
        var least = scan.IsHeard ? float.MinValue : float.PositiveInfinity;
        var never = Vector256.Create(least);
        var own = Vector256.Create(scan.Line - scan.OwnError - (_errorFactor * cell.LargestError));
        var estimates = stackalloc float[TileKernel.Rows];
        var tile = cell.Tiles;
        fixed (sbyte* code = work.Code, fine = work.FineCode)
        {
            for (var at = 0; at < count; at += TileKernel.Rows, tile += stride)
            {
                for (var i = 0; i < stride; i += Arena.Line)
                {
                    Prefetch(tile + (TilesAhead * stride) + i);
                }

                TileKernel.Score(tile, code, fine, _padded, out var low, out var high, out var fineLow, out var fineHigh);
                var scales = (float*)(tile + codeBytes);
                var first = ((Vector256.ConvertToSingle(low - correct) * lanes) + (Vector256.ConvertToSingle(fineLow - fineCorrect) * fineLanes)) * Vector256.Load(scales);
                var second = ((Vector256.ConvertToSingle(high - correct) * lanes) + (Vector256.ConvertToSingle(fineHigh - fineCorrect) * fineLanes)) * Vector256.Load(scales + 8);
                var firstLimit = Vector256.Max(never, Vector256.Load(scales + 16) - error);
                var secondLimit = Vector256.Max(never, Vector256.Load(scales + 24) - error);
                if (at + TileKernel.Rows <= count)
                {
                    var lower = Vector256.Min(firstLimit, secondLimit);
                    open += lower;
                    lowest = Vector256.Min(lowest, lower);
                    tiles++;
                }

                firstLimit = Vector256.Min(own, firstLimit);
                secondLimit = Vector256.Min(own, secondLimit);
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

        if (scan.IsHeard)
        {
            cell.Openness = cell.Watchers == count && tiles > 0 ? Vector256.Sum(open) / (8 * tiles) : Least(lowest, tiles, count);
        }
    }

    private static float Least(Vector256<float> lowest, int tiles, int count)
    {
        if (tiles * TileKernel.Rows < count)
        {
            return float.MinValue;
        }

        var least = lowest[0];
        for (var i = 1; i < 8; i++)
        {
            least = Math.Min(least, lowest[i]);
        }

        return least;
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
