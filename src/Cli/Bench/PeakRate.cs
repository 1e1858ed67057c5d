using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Buddies.Cli.Bench;

/// <summary>How many double-precision operations a second some threads do at most, all operands in registers.</summary>
internal static class PeakRate
{
    private const int Rounds = 20_000_000;
    private const int Chains = 12;

    /// <summary>Measures, the best of three.</summary>
    public static double Measure(int threads) => Enumerable.Range(0, 3).Max(_ => Once(threads));

    private static double Once(int threads)
    {
        var sums = new double[threads];
        var started = Stopwatch.GetTimestamp();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread => sums[thread] = Vector512.IsHardwareAccelerated ? Wide() : Narrow());
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;

        // The sum is used, so that nothing is left out; it is 0.
        var lanes = Vector512.IsHardwareAccelerated ? Vector512<double>.Count : Vector256<double>.Count;
        return sums.Sum() + (2.0 * lanes * Chains * Rounds * threads / seconds);
    }

    /// <summary>Twelve chains: more than an addition's latency times two units.</summary>
    private static double Wide()
    {
        var half = Vector512.Create(0.5);
        Vector512<double> a = default, b = default, c = default, d = default, e = default, f = default;
        Vector512<double> g = default, h = default, i = default, j = default, k = default, l = default;
        for (var round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, half, a);
            b = Vector512.FusedMultiplyAdd(b, half, b);
            c = Vector512.FusedMultiplyAdd(c, half, c);
            d = Vector512.FusedMultiplyAdd(d, half, d);
            e = Vector512.FusedMultiplyAdd(e, half, e);
            f = Vector512.FusedMultiplyAdd(f, half, f);
            g = Vector512.FusedMultiplyAdd(g, half, g);
            h = Vector512.FusedMultiplyAdd(h, half, h);
            i = Vector512.FusedMultiplyAdd(i, half, i);
            j = Vector512.FusedMultiplyAdd(j, half, j);
            k = Vector512.FusedMultiplyAdd(k, half, k);
            l = Vector512.FusedMultiplyAdd(l, half, l);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    private static double Narrow()
    {
        var half = Vector256.Create(0.5);
        Vector256<double> a = default, b = default, c = default, d = default, e = default, f = default;
        Vector256<double> g = default, h = default, i = default, j = default, k = default, l = default;
        for (var round = 0; round < Rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, half, a);
            b = Vector256.FusedMultiplyAdd(b, half, b);
            c = Vector256.FusedMultiplyAdd(c, half, c);
            d = Vector256.FusedMultiplyAdd(d, half, d);
            e = Vector256.FusedMultiplyAdd(e, half, e);
            f = Vector256.FusedMultiplyAdd(f, half, f);
            g = Vector256.FusedMultiplyAdd(g, half, g);
            h = Vector256.FusedMultiplyAdd(h, half, h);
            i = Vector256.FusedMultiplyAdd(i, half, i);
            j = Vector256.FusedMultiplyAdd(j, half, j);
            k = Vector256.FusedMultiplyAdd(k, half, k);
            l = Vector256.FusedMultiplyAdd(l, half, l);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
