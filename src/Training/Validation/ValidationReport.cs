using System.Text.Json.Serialization;

namespace Buddies.Training.Validation;

/// <summary>What came of comparing a feature.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ComparisonOutcome>))]
public enum ComparisonOutcome
{
    /// <summary>As expected.</summary>
    [JsonStringEnumMemberName("alike")]
    Alike,

    /// <summary>Too far from what was expected.</summary>
    [JsonStringEnumMemberName("different")]
    Different,

    /// <summary>Too few examples to say.</summary>
    [JsonStringEnumMemberName("tooFew")]
    TooFew,

    /// <summary>It could not be computed, which counts as a failure.</summary>
    [JsonStringEnumMemberName("notComputable")]
    NotComputable,
}

/// <summary>One thing that is not as it should be.</summary>
/// <param name="Severity">What becomes of it.</param>
/// <param name="Against">What was compared: <c>skew</c> (serving with training), <c>drift</c> (training with the training before), <c>schema</c>, <c>twins</c>.</param>
/// <param name="Feature">The feature or the slice's key; null where it is of none.</param>
/// <param name="Slice">The slice, as <c>key=value</c>; null for all examples.</param>
/// <param name="Message">In one sentence.</param>
public sealed record Anomaly(Severity Severity, string Against, string? Feature, string? Slice, string Message);

/// <summary>One feature of one slice, compared.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Slice">The slice, as <c>key=value</c>; null for all examples.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Chebyshev">L∞ of the shares; null where not compared.</param>
/// <param name="JensenShannon">Divergence in bits; null where not compared.</param>
/// <param name="WorstBin">The bin that differs most, in words; null where not compared.</param>
/// <param name="Bins">The bins in words.</param>
/// <param name="Expected">Counts of what is compared with.</param>
/// <param name="Found">Counts of what is compared.</param>
public sealed record FeatureComparison(
    string Feature,
    string? Slice,
    ComparisonOutcome Outcome,
    double? Chebyshev,
    double? JensenShannon,
    string? WorstBin,
    IReadOnlyList<string> Bins,
    IReadOnlyList<long> Expected,
    IReadOnlyList<long> Found);

/// <summary>Two stretches of the log, compared.</summary>
/// <param name="Against"><c>skew</c> or <c>drift</c>.</param>
/// <param name="ExpectedPlays">Plays of what is compared with.</param>
/// <param name="FoundPlays">Plays of what is compared.</param>
/// <param name="IsJudged">Whether there were enough to compare.</param>
/// <param name="Features">Every feature, of all examples and of each slice.</param>
/// <param name="Anomalies">What is not as it should be.</param>
public sealed record DataComparison(
    string Against, long ExpectedPlays, long FoundPlays, bool IsJudged, IReadOnlyList<FeatureComparison> Features, IReadOnlyList<Anomaly> Anomalies);

/// <summary>Served vectors beside their training twins.</summary>
/// <param name="Listeners">How many were joined.</param>
/// <param name="FactsCompared">Of how many serving had kept facts.</param>
/// <param name="VectorsCompared">Of how many the snapshot's own vector was compared with what serving makes of the same events.</param>
/// <param name="LargestDifference">Largest difference of any two numbers of a unit vector and its twin.</param>
/// <param name="Anomalies">What is not as it should be.</param>
public sealed record TwinReport(
    int Listeners, int FactsCompared, int VectorsCompared, double LargestDifference, IReadOnlyList<Anomaly> Anomalies);

/// <summary>What was found about the data of a version.</summary>
/// <param name="Version">Which.</param>
/// <param name="Parent">The version that its training data is compared with; 0 for none.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="Comparisons">Distributions.</param>
/// <param name="Twins">Example by example; null where not looked at.</param>
/// <param name="Anomalies">All anomalies of the above and of the schema, errors first.</param>
/// <param name="Notes">What was not looked at, and why.</param>
public sealed record ValidationReport(
    int Version,
    int Parent,
    DateTimeOffset CreatedAt,
    IReadOnlyList<DataComparison> Comparisons,
    TwinReport? Twins,
    IReadOnlyList<Anomaly> Anomalies,
    IReadOnlyList<string> Notes)
{
    /// <summary>Whether nothing refuses the version.</summary>
    public bool IsValid => Anomalies.All(anomaly => anomaly.Severity != Severity.Error);

    /// <summary>The same, with every anomaly a warning: somebody has said that it is meant.</summary>
    internal ValidationReport Accept() => this with
    {
        Anomalies = [.. Anomalies.Select(anomaly => anomaly with { Severity = Severity.Warning })],
        Notes = IsValid ? Notes : [.. Notes, "Errors were accepted by hand, and are warnings now."],
    };
}
