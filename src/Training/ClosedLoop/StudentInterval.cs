using Buddies.Training.Evaluation;

namespace Buddies.Training.ClosedLoop;

/// <summary>95 % intervals of the mean of a few independent runs (Student 1908).</summary>
public static class StudentInterval
{
    /// <summary>The 97.5 % quantiles of t for 1 to 30 degrees of freedom.</summary>
    private static readonly double[] s_quantiles =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    /// <summary>The interval of a mean.</summary>
    /// <param name="values">One or more.</param>
    /// <returns>With a single value both ends equal it: nothing is known of the spread.</returns>
    public static MeanInterval Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfZero(values.Count);
        var mean = values.Average();
        if (values.Count == 1)
        {
            return new MeanInterval(mean, mean, mean);
        }

        var freedom = values.Count - 1;
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / freedom);
        var half = (freedom <= s_quantiles.Length ? s_quantiles[freedom - 1] : 1.96) * deviation / Math.Sqrt(values.Count);
        return new MeanInterval(mean, mean - half, mean + half);
    }
}
