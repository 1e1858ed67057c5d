using System.Numerics.Tensors;

namespace Buddies.Training.Synth;

/// <summary>Unit vectors of the space in which a world's tastes and sounds lie.</summary>
internal static class Latent
{
    public const int Dimension = 16;

    /// <summary>The row-th vector of a row-major matrix.</summary>
    public static Span<float> Row(float[] matrix, int row) => matrix.AsSpan(row * Dimension, Dimension);

    /// <summary>Adds noise of a length about <paramref name="length"/> in a random direction.</summary>
    public static void AddNoise(Span<float> vector, double length, Random random)
    {
        var scale = length / Math.Sqrt(Dimension);
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] += (float)(scale * Gaussian(random));
        }
    }

    public static void Normalize(Span<float> vector)
    {
        var norm = TensorPrimitives.Norm<float>(vector);
        if (norm > 0)
        {
            TensorPrimitives.Divide(vector, norm, vector);
        }
    }

    /// <summary>A standard normal draw (Box and Muller 1958).</summary>
    public static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
