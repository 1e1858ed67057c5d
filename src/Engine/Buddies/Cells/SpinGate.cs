using System.Runtime.CompilerServices;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>A lock of four bytes for what takes less than some microseconds. Nobody holds two of the same kind.</summary>
internal static class SpinGate
{
    /// <summary>Waits until it is free, and takes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Enter(ref int gate)
    {
        if (Interlocked.CompareExchange(ref gate, 1, 0) != 0)
        {
            Wait(ref gate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exit(ref int gate) => Volatile.Write(ref gate, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Wait(ref int gate)
    {
        var spinner = default(SpinWait);
        do
        {
            spinner.SpinOnce();
        }
        while (Volatile.Read(ref gate) != 0 || Interlocked.CompareExchange(ref gate, 1, 0) != 0);
    }
}
