namespace Buddies.Training.Tuning;

/// <summary>One constant of the training that is searched.</summary>
/// <param name="Name">Its name, as the option of <c>buddies train</c> has it.</param>
/// <param name="Low">The least value.</param>
/// <param name="High">The largest.</param>
/// <param name="IsLog">Whether each doubling is as likely as the next; else each stretch of one length.</param>
/// <param name="Read">The value that options have.</param>
/// <param name="Apply">Options with the value.</param>
public sealed record TuneAxis(
    string Name, double Low, double High, bool IsLog, Func<TrainOptions, double> Read, Func<TrainOptions, double, TrainOptions> Apply)
{
    /// <summary>All constants that can be searched, with the ranges that are searched.</summary>
    public static IReadOnlyList<TuneAxis> All { get; } =
    [
        new("unobserved-weight", 0.05, 2, true, options => options.Als.UnobservedWeight, (options, value) => options with { Als = options.Als with { UnobservedWeight = value } }),
        new("regularization", 0.001, 1, true, options => options.Als.Regularization, (options, value) => options with { Als = options.Als with { Regularization = value } }),
        new("regularization-exponent", 0, 1, false, options => options.Als.RegularizationExponent, (options, value) => options with { Als = options.Als with { RegularizationExponent = value } }),
        new("rarity-exponent", 0, 1.5, false, options => options.RarityExponent, (options, value) => options with { RarityExponent = value }),
        new("tag-weight", 0.1, 4, true, options => options.TagWeight, (options, value) => options with { TagWeight = value }),
        new("maker-weight", 0.1, 1, true, options => options.MakerWeight, (options, value) => options with { MakerWeight = value }),
    ];

    /// <summary>Draws a value; rounded to four digits, so that what is printed is what was tried.</summary>
    /// <param name="random">Where it comes from.</param>
    /// <param name="around">Options whose value it shall be near to.</param>
    /// <param name="within">How near, in shares of the axis to either side; 1 or more draws from the whole axis.</param>
    public double Draw(Random random, TrainOptions around, double within)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(around);
        var share = random.NextDouble();
        if (within < 1)
        {
            share = Math.Clamp(ShareOf(Read(around)) + (((2 * share) - 1) * within), 0, 1);
        }

        var value = IsLog ? Low * Math.Pow(High / Low, share) : Low + (share * (High - Low));
        var scale = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(value, 1e-9))) - 3);
        return Math.Clamp(Math.Round(value / scale) * scale, Low, High);
    }

    private double ShareOf(double value) => IsLog ? Math.Log(Math.Clamp(value, Low, High) / Low) / Math.Log(High / Low) : (value - Low) / (High - Low);
}
