using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Buddies.Engine.Vectors;

/// <summary>Single rows of factors on their way into double-precision sums.</summary>
public static class FactorRows
{
    /// <summary>Single precision as double precision, exactly, and zeros behind it.</summary>
    /// <param name="source">[d].</param>
    /// <param name="destination">[stride] or longer; must not overlap <paramref name="source"/>.</param>
    /// <exception cref="ArgumentException">The destination is shorter than the source.</exception>
    /// <remarks>A conversion of the library's, which looks for numbers that do not fit, takes as long as half an update.</remarks>
    public static void Widen(ReadOnlySpan<float> source, Span<double> destination)
    {
        if (destination.Length < source.Length)
        {
            throw new ArgumentException($"Expected room for {source.Length} values, got {destination.Length}.", nameof(destination));
        }

        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var i = 0;
        for (; i + 8 <= source.Length; i += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)i));
            low.StoreUnsafe(ref to, (nuint)i);
            high.StoreUnsafe(ref to, (nuint)i + 4);
        }

        for (; i < source.Length; i++)
        {
            destination[i] = source[i];
        }

        destination[i..].Clear();
    }

    /// <summary>Has a row fetched into the cache while something else is computed.</summary>
    /// <param name="row">Of any length.</param>
    public static unsafe void Prefetch(ReadOnlySpan<float> row)
    {
        const int LineBytes = 64;
        if (Sse.IsSupported)
        {
            ref var first = ref Unsafe.As<float, byte>(ref MemoryMarshal.GetReference(row));
            for (var at = 0; at < row.Length * sizeof(float); at += LineBytes)
            {
                // A hint: should the row be moved meanwhile, another line is fetched, and nothing else happens.
                Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref first, at)));
            }
        }
    }
}
