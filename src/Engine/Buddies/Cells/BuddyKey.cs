using System.Runtime.CompilerServices;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// A listener and its similarity in one number that sorts as buddies rank: the larger the better; of equal similarities
/// the lower number. 0 is nobody.
/// </summary>
internal static class BuddyKey
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(float similarity, int user) => ((ulong)Ordered(similarity) << 32) | (uint)~user;

    /// <summary>Above every listener who is less similar than this, below all others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Below(float similarity) => (ulong)Ordered(similarity) << 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int User(ulong key) => ~(int)(uint)key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Similarity(ulong key)
    {
        var bits = (uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle((bits & 0x8000_0000) != 0 ? bits ^ 0x8000_0000 : ~bits);
    }

    // Adding zero makes of −0 what equals it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Ordered(float similarity)
    {
        var bits = BitConverter.SingleToUInt32Bits(similarity + 0f);
        return bits ^ ((uint)((int)bits >> 31) | 0x8000_0000);
    }
}
