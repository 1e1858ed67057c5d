using System.Diagnostics;
using System.Numerics.Tensors;

namespace Buddies.Cli.Bench;

/// <summary>
/// How fast this machine reads memory at the moment: a yardstick beside a rate measured for long on a machine that others
/// share. When both fall together, the neighbours did it; when the rate falls alone, we did.
/// </summary>
internal sealed class MemoryGauge
{
    /// <summary>More than any cache of the machines we know keeps for one core.</summary>
    private const int Floats = 32 << 20;

    private readonly float[] _values = new float[Floats];
    private double _bytes;
    private double _seconds;

    public MemoryGauge() => Array.Fill(_values, 1f);

    /// <summary>Reads 128 MiB once, on this thread.</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="InvalidOperationException">The sum of what was read is not what was written.</exception>
    public TimeSpan Measure()
    {
        // Parts so small that single precision counts them exactly.
        const int Part = 1 << 20;
        var started = Stopwatch.GetTimestamp();
        var sum = 0.0;
        for (var first = 0; first < Floats; first += Part)
        {
            sum += TensorPrimitives.Sum<float>(_values.AsSpan(first, Part));
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        if (sum != Floats)
        {
            throw new InvalidOperationException($"Expected {Floats} ones, got {sum}.");
        }

        _bytes += sizeof(float) * (double)Floats;
        _seconds += elapsed.TotalSeconds;
        return elapsed;
    }

    /// <summary>Gigabytes (10⁹) a second of all measurements since the last call; NaN without any.</summary>
    public double Take()
    {
        var rate = _bytes / _seconds / 1e9;
        (_bytes, _seconds) = (0, 0);
        return rate;
    }
}
