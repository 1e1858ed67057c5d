namespace Buddies.Training.Tuning;

/// <summary>One constant of the training that is searched.</summary>
/// <param name="Name">Its name, as the option of <c>buddies train</c> has it.</param>
/// <param name="Low">The least value.</param>
/// <param name="High">The largest.</param>
/// <param name="IsLog">Whether each doubling is as likely as the next; else each stretch of one length.</param>
/// <param name="Apply">Options with the value.</param>
public sealed record TuneAxis(string Name, double Low, double High, bool IsLog, Func<TrainOptions, double, TrainOptions> Apply)
{
    /// <summary>All constants that can be searched, with the ranges that are searched.</summary>
    public static IReadOnlyList<TuneAxis> All { get; } =
    [
        new("unobserved-weight", 0.05, 2, true, (options, value) => options with { Als = options.Als with { UnobservedWeight = value } }),
        new("regularization", 0.001, 1, true, (options, value) => options with { Als = options.Als with { Regularization = value } }),
        new("regularization-exponent", 0, 1, false, (options, value) => options with { Als = options.Als with { RegularizationExponent = value } }),
        new("rarity-exponent", 0, 1.5, false, (options, value) => options with { RarityExponent = value }),
        new("tag-weight", 0.1, 4, true, (options, value) => options with { TagWeight = value }),
        new("maker-weight", 0.1, 1, true, (options, value) => options with { MakerWeight = value }),
    ];

    /// <summary>Draws a value; rounded to four digits, so that what is printed is what was tried.</summary>
    public double Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var share = random.NextDouble();
        var value = IsLog ? Low * Math.Pow(High / Low, share) : Low + (share * (High - Low));
        var scale = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(value, 1e-9))) - 3);
        return Math.Clamp(Math.Round(value / scale) * scale, Low, High);
    }
}
