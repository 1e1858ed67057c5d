using System.Text.Json.Serialization;

namespace Buddies.Training.Validation;

/// <summary>What becomes of an anomaly.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>It is told.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>The gates refuse the model.</summary>
    [JsonStringEnumMemberName("error")]
    Error,
}

/// <summary>What is expected of a feature.</summary>
/// <param name="Name">Which.</param>
/// <param name="Type">What kind of values it has.</param>
/// <param name="Severity">What becomes of its anomalies.</param>
/// <param name="MostMissingShare">The largest share of examples without a value, 0 to 1.</param>
/// <param name="MostChebyshev">The largest difference of a bin's share, 0 to 1, beyond what chance explains.</param>
/// <param name="MostJensenShannon">The largest divergence of the distributions in bits, 0 to 1, beyond what chance explains.</param>
/// <param name="Least">The least number that may be; null for any.</param>
/// <param name="Most">The largest; null for any.</param>
/// <param name="Values">The only words that may be; null for any.</param>
public sealed record FeatureSchema(
    string Name,
    FeatureType Type,
    Severity Severity,
    double MostMissingShare,
    double MostChebyshev,
    double MostJensenShannon,
    double? Least = null,
    double? Most = null,
    IReadOnlyList<string>? Values = null);

/// <summary>
/// What is expected of the data: inferred from the first training data and kept as <c>snapshots/schema.json</c>, for people to edit.
/// </summary>
/// <param name="Version">The format's; 1.</param>
/// <param name="LeastExamples">Distributions of fewer plays are not compared.</param>
/// <param name="LeastSliceExamples">The same for a slice.</param>
/// <param name="LeastSliceShare">Slices with a smaller share of the plays may be missing.</param>
/// <param name="SliceKeys">The features whose values make slices.</param>
/// <param name="Features">What is expected of each.</param>
public sealed record DataSchema(
    int Version, int LeastExamples, int LeastSliceExamples, double LeastSliceShare, IReadOnlyList<string> SliceKeys, IReadOnlyList<FeatureSchema> Features)
{
    /// <summary>The format that is written.</summary>
    public const int CurrentVersion = 1;

    private const double DefaultChebyshev = 0.25;
    private const double DefaultJensenShannon = 0.15;

    /// <summary>What is expected before any data has been seen.</summary>
    public static DataSchema Default { get; } =
        new(CurrentVersion, 500, 200, 0.01, [FeatureNames.Tag, "context.tier", "context.country"], []);

    /// <summary>Infers what is expected of each feature. What was always there is expected to stay.</summary>
    /// <param name="statistics">Of training data.</param>
    public static DataSchema Infer(DataStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        return Default with { Features = [.. statistics.Features.Select(Infer)] };
    }

    /// <summary>What is expected of a feature. One that the schema does not name refuses nothing.</summary>
    internal FeatureSchema Of(FeatureStatistics feature) =>
        Features.FirstOrDefault(one => one.Name == feature.Name) ?? Infer(feature) with { Severity = Severity.Warning };

    // Which kinds of events come in, and what producers say beside them, changes from day to day, and no model learns from it.
    private static FeatureSchema Infer(FeatureStatistics feature) => new(
        feature.Name,
        feature.Type,
        feature.Name is FeatureNames.Kind || feature.Name.StartsWith(FeatureNames.ContextPrefix, StringComparison.Ordinal) ? Severity.Warning : Severity.Error,
        feature.MissingShare == 0 ? 0.05 : 1,
        DefaultChebyshev,
        DefaultJensenShannon);
}
