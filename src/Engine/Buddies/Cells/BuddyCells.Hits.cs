using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Buddies.Engine.Buddies.Cells;

public sealed partial class BuddyCells
{
    private readonly List<SetTouch> _touches = [];

    /// <summary>
    /// For each hit, in the order of the scan: the mover against the other's bound, and the other against the mover's own
    /// threshold. What a hit needs lies anywhere in memory, so it is fetched ahead; the sets themselves, which few hits
    /// change, are fetched when that is known and changed a little later.
    /// </summary>
    private void ApplyHits()
    {
        const int Ahead = 8;
        const int Waiting = 8;
        RowsVerified += _hits.Count;
        _touches.Clear();
        var touched = 0;
        var hits = CollectionsMarshal.AsSpan(_hits);
        for (var i = 0; i < Math.Min(Ahead, hits.Length); i++)
        {
            PrefetchListener(hits[i].User);
        }

        for (var i = 0; i < hits.Length; i++)
        {
            if (i + Ahead < hits.Length)
            {
                PrefetchListener(hits[i + Ahead].User);
            }

            Apply(hits[i]);
            if (_touches.Count - touched > Waiting)
            {
                Touch(_touches[touched++]);
            }
        }

        while (touched < _touches.Count)
        {
            Touch(_touches[touched++]);
        }
    }

    private void Apply(Hit hit)
    {
        ref var mover = ref _movers[hit.Mover];
        ref readonly var listener = ref _listeners[hit.User];
        ReadOnlySpan<float> other = _vectors[hit.User];
        var now = hit.SeesNew ? Dot(_vectors[mover.User], other) : float.NegativeInfinity;
        if (listener.Set >= 0 && listener.Move < 0)
        {
            // A set holds exactly those who rank before its bound, so two numbers tell whether it must be touched at all.
            var belongs = hit.SeesNew && mover.SeenNow && listener.IsBeatenBy(now, mover.User);
            if (belongs || (mover.SeenBefore && hit.SeesOld && listener.IsBeatenBy(Dot(OldVector(hit.Mover), other), mover.User)))
            {
                _sets.Prefetch(listener.Set);
                _touches.Add(new SetTouch(hit.User, mover.User, belongs, now));
            }
        }

        if (now >= mover.Threshold && IsCandidate(mover.User, hit.User))
        {
            _own[hit.Mover].Add((now, hit.User));
        }
    }

    /// <summary>Makes one set true to one mover. The bound may have risen since the hit, through another mover of the batch.</summary>
    private void Touch(SetTouch touch)
    {
        ref var listener = ref _listeners[touch.User];
        var slot = listener.Set;
        var belongs = touch.Belongs && listener.IsBeatenBy(touch.Similarity, touch.Mover) && !IsBlocked(touch.User, touch.Mover);
        var before = _sets.IndexOf(slot, touch.Mover);
        if (before >= 0)
        {
            if (belongs && _sets.Similarities(slot)[before] == touch.Similarity)
            {
                return;
            }

            _sets.RemoveAt(slot, before);
        }
        else if (!belongs)
        {
            return;
        }

        var after = int.MaxValue;
        if (belongs)
        {
            after = _sets.Insert(slot, touch.Mover, touch.Similarity, out var left);
            if (left is { } worst)
            {
                SetBound(ref listener, worst.Similarity, worst.User);
            }
        }

        if ((uint)before < Count || after < Count)
        {
            MarkChanged(touch.User);
        }

        if (IsShort(listener))
        {
            _short.Add(touch.User);
        }
    }

    private bool IsShort(in Listener listener) =>
        listener.Set >= 0 && _sets.Count(listener.Set) < Count && !float.IsNegativeInfinity(listener.BoundSimilarity);

    private void SetBound(ref Listener listener, float similarity, int user)
    {
        listener.BoundSimilarity = similarity;
        listener.BoundUser = user;
        SetLimit(in listener);
    }

    private void SetLimit(in Listener listener) =>
        _cells[listener.Cell].Limits[listener.Row] = listener.BoundSimilarity - (ErrorFactor * listener.Error);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void PrefetchListener(int user)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _listeners[user]));

            // The blocks are pinned, so the address stays good.
            var vector = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_vectors[user]));
            for (var i = 0; i < _dimension; i += 16)
            {
                Sse.Prefetch0(vector + i);
            }
        }
    }

    private readonly record struct SetTouch(int User, int Mover, bool Belongs, float Similarity);
}
