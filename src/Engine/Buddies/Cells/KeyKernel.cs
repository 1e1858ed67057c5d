using System.Numerics;
using System.Runtime.Intrinsics;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>What a buddy set asks of its unsorted keys, eight at a time. Lengths are multiples of eight; 0 is an empty place.</summary>
internal static unsafe class KeyKernel
{
    /// <summary>Keys of one step.</summary>
    public const int Lanes = 8;

    /// <summary>The smallest key above a line; <see cref="ulong.MaxValue"/> if there is none.</summary>
    public static ulong MinAbove(ulong* keys, int length, ulong line)
    {
        var bound = Vector512.Create(line);
        var best = Vector512<ulong>.AllBitsSet;
        for (var i = 0; i < length; i += Lanes)
        {
            var lanes = Vector512.Load(keys + i);
            best = Vector512.Min(best, Vector512.ConditionalSelect(Vector512.GreaterThan(lanes, bound), lanes, Vector512<ulong>.AllBitsSet));
        }

        var least = ulong.MaxValue;
        for (var i = 0; i < Lanes; i++)
        {
            least = Math.Min(least, best[i]);
        }

        return least;
    }

    /// <summary>The largest key under a line; 0 if there is none.</summary>
    public static ulong MaxBelow(ulong* keys, int length, ulong line)
    {
        var bound = Vector512.Create(line);
        var best = Vector512<ulong>.Zero;
        for (var i = 0; i < length; i += Lanes)
        {
            var lanes = Vector512.Load(keys + i);
            best = Vector512.Max(best, Vector512.ConditionalSelect(Vector512.LessThan(lanes, bound), lanes, Vector512<ulong>.Zero));
        }

        var largest = 0ul;
        for (var i = 0; i < Lanes; i++)
        {
            largest = Math.Max(largest, best[i]);
        }

        return largest;
    }

    /// <summary>How many keys reach a line.</summary>
    public static int CountFrom(ulong* keys, int length, ulong line)
    {
        var bound = Vector512.Create(line);
        var count = 0;
        for (var i = 0; i < length; i += Lanes)
        {
            count += BitOperations.PopCount(Vector512.GreaterThanOrEqual(Vector512.Load(keys + i), bound).ExtractMostSignificantBits());
        }

        return count;
    }

    /// <summary>The k-th largest of at least k different keys.</summary>
    public static ulong KthLargest(ulong* keys, int length, int k)
    {
        var (low, high) = (MinAbove(keys, length, 0), MaxBelow(keys, length, ulong.MaxValue));
        if (k == 1)
        {
            return high;
        }

        // At least k keys reach low, fewer than k reach high.
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            var count = CountFrom(keys, length, middle);
            if (count == k)
            {
                return MinAbove(keys, length, middle - 1);
            }

            (low, high) = count > k ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The place of a key that is there.</summary>
    public static int IndexOf(ulong* keys, int length, ulong key)
    {
        var wanted = Vector512.Create(key);
        for (var i = 0; i < length; i += Lanes)
        {
            var mask = Vector512.Equals(Vector512.Load(keys + i), wanted).ExtractMostSignificantBits();
            if (mask != 0)
            {
                return i + BitOperations.TrailingZeroCount(mask);
            }
        }

        return -1;
    }

    /// <summary>The place of a listener; −1 if it has none.</summary>
    public static int IndexOfUser(ulong* keys, int length, int user)
    {
        var (wanted, low) = (Vector512.Create((ulong)(uint)~user), Vector512.Create(0xFFFF_FFFFul));
        for (var i = 0; i < length; i += Lanes)
        {
            var lanes = Vector512.Load(keys + i);
            var mask = Vector512.Equals(lanes & low, wanted).ExtractMostSignificantBits();
            for (; mask != 0; mask &= mask - 1)
            {
                var at = i + BitOperations.TrailingZeroCount(mask);
                if (keys[at] != 0)
                {
                    return at;
                }
            }
        }

        return -1;
    }

    /// <summary>The place of the smallest key, of an empty one if there is any.</summary>
    public static int IndexOfMin(ulong* keys, int length)
    {
        var best = Vector512.Load(keys);
        for (var i = Lanes; i < length; i += Lanes)
        {
            best = Vector512.Min(best, Vector512.Load(keys + i));
        }

        var least = best[0];
        for (var i = 1; i < Lanes; i++)
        {
            least = Math.Min(least, best[i]);
        }

        return IndexOf(keys, length, least);
    }
}
