using Buddies.Engine.Vectors;

namespace Buddies.Bench.Kernels;

/// <summary>Seeded vectors like those that serving sees: unit length, a few directions more popular than others.</summary>
internal static class KernelData
{
    public const int Dimension = 64;
    private const int Centres = 512;
    private const float Spread = 0.10f;

    /// <summary>Unit-length rows around 512 centres.</summary>
    /// <returns>Row-major, [count × d].</returns>
    public static float[] UnitRows(int count, int dimension, int seed)
    {
        var random = new Random(seed);
        var centres = Gaussian(random, Centres * dimension);
        for (var centre = 0; centre < Centres; centre++)
        {
            VectorKernels.Normalize(centres.AsSpan(centre * dimension, dimension));
        }

        var rows = Gaussian(random, count * dimension);
        for (var row = 0; row < count; row++)
        {
            // Squaring favours the first centres, as a few tastes are common and many rare.
            var centre = centres.AsSpan((int)(Centres * Math.Pow(random.NextDouble(), 2)) * dimension, dimension);
            var values = rows.AsSpan(row * dimension, dimension);
            for (var i = 0; i < dimension; i++)
            {
                values[i] = centre[i] + (Spread * values[i]);
            }

            VectorKernels.Normalize(values);
        }

        return rows;
    }

    private static float[] Gaussian(Random random, int length)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }
}
