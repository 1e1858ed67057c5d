namespace Buddies.Training.Evaluation;

/// <summary>A percentile interval of a mean by drawing listeners again with replacement (Efron 1979).</summary>
public static class Bootstrap
{
    /// <summary>How often the mean is drawn.</summary>
    public const int Resamples = 2000;

    /// <summary>The 95 % interval of the mean.</summary>
    /// <param name="values">One for each listener; NaN is left out.</param>
    /// <param name="seed">Where the draws come from.</param>
    /// <returns>The mean and both ends; all 0 without values.</returns>
    public static MeanInterval Mean(IReadOnlyList<double> values, int seed)
    {
        double[] known = [.. values.Where(value => !double.IsNaN(value))];
        if (known.Length == 0)
        {
            return default;
        }

        var random = new Random(seed);
        var means = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < known.Length; j++)
            {
                sum += known[random.Next(known.Length)];
            }

            means[i] = sum / known.Length;
        }

        Array.Sort(means);
        return new MeanInterval(known.Average(), means[(int)(0.025 * Resamples)], means[(int)(0.975 * Resamples) - 1]);
    }
}

/// <summary>A mean with its 95 % interval.</summary>
/// <param name="Value">The mean.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct MeanInterval(double Value, double Low, double High);
