using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Buddies.Training.Rankers.Bpr;

/// <summary>One step of BPR on three rows of factors, eight lanes at a time.</summary>
/// <remarks>
/// Threads step on shared rows without locks (Recht et al. 2011, "Hogwild!"): aligned floats are written whole, an update
/// lost now and then is noise, and two threads seldom hold the same row of many.
/// </remarks>
internal static class BprKernel
{
    /// <summary>Lanes that a dimension must be a multiple of.</summary>
    public const int Lanes = 8;

    /// <summary>x·(y₊ − y₋).</summary>
    /// <param name="x">[d].</param>
    /// <param name="positive">[d].</param>
    /// <param name="negative">[d].</param>
    public static float Difference(ReadOnlySpan<float> x, ReadOnlySpan<float> positive, ReadOnlySpan<float> negative)
    {
        Check(x, positive, negative);
        ref var u = ref MemoryMarshal.GetReference(x);
        ref var p = ref MemoryMarshal.GetReference(positive);
        ref var n = ref MemoryMarshal.GetReference(negative);
        var sum = Vector256<float>.Zero;
        for (nuint i = 0; i < (nuint)x.Length; i += Lanes)
        {
            sum += Vector256.LoadUnsafe(ref u, i) * (Vector256.LoadUnsafe(ref p, i) - Vector256.LoadUnsafe(ref n, i));
        }

        return Vector256.Sum(sum);
    }

    /// <summary>
    /// Moves all three along the gradient of ln σ(x·(y₊ − y₋)) less the regularization (Rendle et al. 2009, figure 4).
    /// </summary>
    /// <param name="x">[d], changed.</param>
    /// <param name="positive">[d], changed.</param>
    /// <param name="negative">[d], changed.</param>
    /// <param name="pull">Step · (1 − σ).</param>
    /// <param name="keep">1 − step · λ.</param>
    public static void Step(Span<float> x, Span<float> positive, Span<float> negative, float pull, float keep)
    {
        Check(x, positive, negative);
        ref var u = ref MemoryMarshal.GetReference(x);
        ref var p = ref MemoryMarshal.GetReference(positive);
        ref var n = ref MemoryMarshal.GetReference(negative);
        var (pulls, keeps) = (Vector256.Create(pull), Vector256.Create(keep));
        for (nuint i = 0; i < (nuint)x.Length; i += Lanes)
        {
            var (vu, vp, vn) = (Vector256.LoadUnsafe(ref u, i), Vector256.LoadUnsafe(ref p, i), Vector256.LoadUnsafe(ref n, i));
            ((keeps * vu) + (pulls * (vp - vn))).StoreUnsafe(ref u, i);
            var moved = pulls * vu;
            ((keeps * vp) + moved).StoreUnsafe(ref p, i);
            ((keeps * vn) - moved).StoreUnsafe(ref n, i);
        }
    }

    /// <summary>The same with the tracks held still.</summary>
    public static void StepListener(Span<float> x, ReadOnlySpan<float> positive, ReadOnlySpan<float> negative, float pull, float keep)
    {
        Check(x, positive, negative);
        ref var u = ref MemoryMarshal.GetReference(x);
        ref var p = ref MemoryMarshal.GetReference(positive);
        ref var n = ref MemoryMarshal.GetReference(negative);
        var (pulls, keeps) = (Vector256.Create(pull), Vector256.Create(keep));
        for (nuint i = 0; i < (nuint)x.Length; i += Lanes)
        {
            var towards = Vector256.LoadUnsafe(ref p, i) - Vector256.LoadUnsafe(ref n, i);
            ((keeps * Vector256.LoadUnsafe(ref u, i)) + (pulls * towards)).StoreUnsafe(ref u, i);
        }
    }

    /// <summary>Moves a track, or a playlist, alone, which is drawn towards a place of its own instead of zero.</summary>
    /// <param name="x">[d].</param>
    /// <param name="row">[d], changed: home + keep · (row − home) + pull · x.</param>
    /// <param name="home">[d], where it would be without anybody's choices.</param>
    /// <param name="pull">Step · (1 − σ); below 0 for what was not chosen.</param>
    /// <param name="keep">1 − step · λ, 0 to 1.</param>
    public static void StepFromHome(ReadOnlySpan<float> x, Span<float> row, ReadOnlySpan<float> home, float pull, float keep)
    {
        Check(x, row, home);
        ref var u = ref MemoryMarshal.GetReference(x);
        ref var r = ref MemoryMarshal.GetReference(row);
        ref var h = ref MemoryMarshal.GetReference(home);
        var (pulls, keeps) = (Vector256.Create(pull), Vector256.Create(keep));
        for (nuint i = 0; i < (nuint)x.Length; i += Lanes)
        {
            var vh = Vector256.LoadUnsafe(ref h, i);
            (vh + (keeps * (Vector256.LoadUnsafe(ref r, i) - vh)) + (pulls * Vector256.LoadUnsafe(ref u, i))).StoreUnsafe(ref r, i);
        }
    }

    /// <summary>1 − σ(x) = 1/(1 + eˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Doubt(float x) => 1 / (1 + MathF.Exp(x));

    private static void Check(ReadOnlySpan<float> x, ReadOnlySpan<float> positive, ReadOnlySpan<float> negative)
    {
        if (x.Length % Lanes != 0 || positive.Length != x.Length || negative.Length != x.Length)
        {
            throw new ArgumentException($"Expected three rows of one length, a multiple of {Lanes}, got {x.Length}, {positive.Length} and {negative.Length}.");
        }
    }
}
