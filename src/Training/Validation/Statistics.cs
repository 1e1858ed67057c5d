using System.Globalization;
using System.Text.Json.Serialization;

namespace Buddies.Training.Validation;

/// <summary>What kind of values a feature has.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FeatureType>))]
public enum FeatureType
{
    /// <summary>Numbers, in bins fixed by quantiles of the training data.</summary>
    [JsonStringEnumMemberName("number")]
    Number,

    /// <summary>Words, of which the most frequent of the training data have a bin each.</summary>
    [JsonStringEnumMemberName("text")]
    Text,
}

/// <summary>How the values of a feature are distributed.</summary>
/// <param name="Name">The feature.</param>
/// <param name="Type">What kind of values.</param>
/// <param name="Edges">For numbers: the least value and the upper end of each bin, which belongs to it; ascending. Empty without any value.</param>
/// <param name="Values">For words: the value of each bin.</param>
/// <param name="Counts">Examples in each bin: missing, below (numbers only), the bins, above or other.</param>
/// <param name="WrongType">Examples, counted as missing, whose value is of the other type.</param>
/// <param name="Least">The least of the numbers; null without any.</param>
/// <param name="Most">The largest.</param>
/// <param name="Mean">Of the numbers; 0 without any.</param>
/// <param name="Deviation">Their standard deviation.</param>
public sealed record FeatureStatistics(
    string Name,
    FeatureType Type,
    IReadOnlyList<double> Edges,
    IReadOnlyList<string> Values,
    IReadOnlyList<long> Counts,
    long WrongType = 0,
    double? Least = null,
    double? Most = null,
    double Mean = 0,
    double Deviation = 0)
{
    /// <summary>Examples, those without a value among them.</summary>
    public long Total => Counts.Sum();

    /// <summary>The share of examples without a value; 0 of none.</summary>
    public double MissingShare => Total == 0 ? 0 : Counts[0] / (double)Total;

    /// <summary>A bin in words.</summary>
    public string Describe(int bin)
    {
        if (bin == 0)
        {
            return "missing";
        }

        if (Type == FeatureType.Text)
        {
            return bin <= Values.Count ? Values[bin - 1] : "other";
        }

        return bin == 1 ? Text($"below {Edges[0]:0.###}")
            : bin == Counts.Count - 1 ? Text($"above {Edges[^1]:0.###}")
            : Edges[bin - 2] == Math.BitDecrement(Edges[bin - 1]) ? Text($"{Edges[bin - 1]:0.###}")
            : Text($"{Edges[bin - 2]:0.###} to {Edges[bin - 1]:0.###}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The examples that have one value of one feature.</summary>
/// <param name="Key">The feature.</param>
/// <param name="Value">The value.</param>
/// <param name="Plays">How many.</param>
/// <param name="Features">Their features; empty for a value that the training data does not have.</param>
public sealed record SliceStatistics(string Key, string Value, long Plays, IReadOnlyList<FeatureStatistics> Features);

/// <summary>Statistics of a stretch of the log.</summary>
/// <param name="After">Events beyond this offset.</param>
/// <param name="Through">Events up to this offset.</param>
/// <param name="Events">How many events.</param>
/// <param name="Plays">How many of them are plays or skips.</param>
/// <param name="Features">Of all of them.</param>
/// <param name="Slices">Of some of them.</param>
public sealed record DataStatistics(
    long After, long Through, long Events, long Plays, IReadOnlyList<FeatureStatistics> Features, IReadOnlyList<SliceStatistics> Slices)
{
    /// <summary>A feature; null where there is none.</summary>
    public FeatureStatistics? Find(string name) => Features.FirstOrDefault(feature => feature.Name == name);

    /// <summary>A slice; null where there is none.</summary>
    public SliceStatistics? Find(string key, string value) => Slices.FirstOrDefault(slice => slice.Key == key && slice.Value == value);
}
