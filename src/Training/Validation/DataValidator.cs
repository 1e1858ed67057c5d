using System.Globalization;

namespace Buddies.Training.Validation;

/// <summary>Compares statistics with each other and with a schema.</summary>
public static class DataValidator
{
    /// <summary>Of so many expected examples of a slice the absence of all is no chance: e⁻²⁰.</summary>
    private const double LeastExpected = 20;

    /// <summary>Compares what was found with what is expected, in the bins of the latter.</summary>
    /// <param name="expected">Training data.</param>
    /// <param name="found">What was served, or later training data; counted in the same bins.</param>
    /// <param name="schema">Thresholds.</param>
    /// <param name="against"><c>skew</c> or <c>drift</c>.</param>
    /// <returns>The comparison; where there are too few plays, that it was not judged.</returns>
    public static DataComparison Compare(DataStatistics expected, DataStatistics found, DataSchema schema, string against)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(schema);
        var anomalies = new List<Anomaly>();
        var features = new List<FeatureComparison>();
        var isJudged = Math.Min(expected.Plays, found.Plays) >= schema.LeastExamples;
        CompareFeatures(expected.Features, found.Features, null, schema.LeastExamples, schema, against, features, anomalies);
        foreach (var slice in expected.Slices.Where(slice => slice.Features.Count > 0))
        {
            var twin = found.Find(slice.Key, slice.Value)?.Features ?? [];

            // What differs everywhere is told once.
            var differsEverywhere = anomalies.Where(anomaly => anomaly.Slice is null).Select(anomaly => anomaly.Feature).ToArray();
            CompareFeatures(slice.Features.Where(feature => !differsEverywhere.Contains(feature.Name)), twin, Name(slice), schema.LeastSliceExamples, schema, against, features, anomalies, hasToBeThere: false);
        }

        if (isJudged)
        {
            CompareSlices(expected, found, schema, against, anomalies);
        }

        return new DataComparison(against, expected.Plays, found.Plays, isJudged, features, anomalies);
    }

    /// <summary>What in the data is not as the schema has it.</summary>
    /// <param name="statistics">The data.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="where">Which data, in words: <c>training</c>, <c>serving</c>.</param>
    public static IReadOnlyList<Anomaly> Check(DataStatistics statistics, DataSchema schema, string where)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(schema);
        var anomalies = new List<Anomaly>();
        foreach (var expected in schema.Features)
        {
            if (statistics.Find(expected.Name) is not { } feature)
            {
                Tell(expected, statistics.Plays >= schema.LeastExamples, $"The feature {expected.Name} of the schema is nowhere in the {where} data.");
                continue;
            }

            if (feature.Total < schema.LeastExamples)
            {
                continue;
            }

            var present = feature.Total - feature.Counts[0] + feature.WrongType;
            Tell(expected, feature.Type != expected.Type, $"{expected.Name} is of {feature.Type} in the {where} data; the schema has {expected.Type}.");
            Tell(expected, feature.WrongType > 0.01 * present, $"{feature.WrongType} of {present} values of {expected.Name} in the {where} data are no {expected.Type}.");
            Tell(expected, feature.MissingShare > expected.MostMissingShare, $"{expected.Name} is missing from {feature.MissingShare:0.0 %} of the {where} data; the schema lets {expected.MostMissingShare:0.0 %} through.");

            Tell(expected, feature.Least < expected.Least, $"{expected.Name} is {feature.Least:0.###} in the {where} data; the least of the schema is {expected.Least:0.###}.");
            Tell(expected, feature.Most > expected.Most, $"{expected.Name} is {feature.Most:0.###} in the {where} data; the most of the schema is {expected.Most:0.###}.");
            if (expected.Values is { } values)
            {
                var unknown = Enumerable.Range(1, feature.Counts.Count - 1).Where(bin => feature.Counts[bin] > 0 && !values.Contains(feature.Describe(bin))).ToArray();
                Tell(expected, unknown.Length > 0, $"{expected.Name} is '{feature.Describe(unknown.FirstOrDefault())}' in the {where} data, which is none of the schema's values.");
            }
        }

        foreach (var feature in statistics.Features.Where(feature => schema.Features.All(one => one.Name != feature.Name)))
        {
            anomalies.Add(new Anomaly(Severity.Warning, "schema", feature.Name, null, Text($"{feature.Name} is in the {where} data and not in the schema.")));
        }

        return anomalies;

        void Tell(FeatureSchema expected, bool isSo, FormattableString message)
        {
            if (isSo)
            {
                anomalies.Add(new Anomaly(expected.Severity, "schema", expected.Name, null, Text(message)));
            }
        }
    }

    private static void CompareFeatures(
        IEnumerable<FeatureStatistics> expected,
        IReadOnlyList<FeatureStatistics> found,
        string? slice,
        int least,
        DataSchema schema,
        string against,
        List<FeatureComparison> comparisons,
        List<Anomaly> anomalies,
        bool hasToBeThere = true)
    {
        foreach (var feature in expected.Where(feature => feature.Total > 0))
        {
            string[] bins = [.. Enumerable.Range(0, feature.Counts.Count).Select(feature.Describe)];
            var twin = found.FirstOrDefault(one => one.Name == feature.Name);
            var counts = twin?.Counts ?? [.. new long[bins.Length]];
            if (twin is null ? hasToBeThere : counts.Count != bins.Length)
            {
                var reason = twin is null ? "it was not counted" : Text($"it has {counts.Count} bins, not {bins.Length}");
                anomalies.Add(new Anomaly(Severity.Error, against, feature.Name, slice, $"{Title(against)} of {Name(feature, slice)} cannot be computed: {reason}."));
                comparisons.Add(new FeatureComparison(feature.Name, slice, ComparisonOutcome.NotComputable, null, null, null, bins, feature.Counts, counts));
                continue;
            }

            if (Math.Min(feature.Total, counts.Sum()) < least)
            {
                comparisons.Add(new FeatureComparison(feature.Name, slice, ComparisonOutcome.TooFew, null, null, null, bins, feature.Counts, counts));
                continue;
            }

            comparisons.Add(CompareOne(feature, counts, bins, slice, schema.Of(feature), against, anomalies));
        }
    }

    private static FeatureComparison CompareOne(
        FeatureStatistics feature, IReadOnlyList<long> counts, string[] bins, string? slice, FeatureSchema schema, string against, List<Anomaly> anomalies)
    {
        var total = counts.Sum();
        var (chebyshev, bin) = Distances.Chebyshev(feature.Counts, counts);
        var divergence = Distances.JensenShannon(feature.Counts, counts);

        // Written so that NaN fails.
        var isAlike = chebyshev - Distances.ChanceOfChebyshev(bins.Length, feature.Total, total) <= schema.MostChebyshev
            && divergence - Distances.ChanceOfJensenShannon(bins.Length, feature.Total, total) <= schema.MostJensenShannon;
        if (!isAlike)
        {
            anomalies.Add(new Anomaly(
                schema.Severity,
                against,
                feature.Name,
                slice,
                Text($"{Title(against)} in {Name(feature, slice)}: '{bins[bin]}' holds {counts[bin] / (double)total:0.0 %} of {total}, against {feature.Counts[bin] / (double)feature.Total:0.0 %} of {feature.Total} {Before(against)} (L∞ {chebyshev:0.###}, Jensen-Shannon {divergence:0.###} bits).")));
        }

        return new FeatureComparison(
            feature.Name, slice, isAlike ? ComparisonOutcome.Alike : ComparisonOutcome.Different, chebyshev, divergence, bins[bin], bins, feature.Counts, counts);
    }

    private static void CompareSlices(DataStatistics expected, DataStatistics found, DataSchema schema, string against, List<Anomaly> anomalies)
    {
        foreach (var slice in expected.Slices)
        {
            var share = slice.Plays / (double)expected.Plays;
            if (share >= schema.LeastSliceShare && share * found.Plays >= LeastExpected && (found.Find(slice.Key, slice.Value)?.Plays ?? 0) == 0)
            {
                anomalies.Add(new Anomaly(
                    Severity.Error, against, slice.Key, Name(slice), Text($"The slice {Name(slice)} is {share:0.0 %} of {expected.Plays} plays {Before(against)}, and none of {found.Plays} plays {After(against)}.")));
            }
        }

        foreach (var slice in found.Slices)
        {
            var share = slice.Plays / (double)found.Plays;
            if (share >= schema.LeastSliceShare && share * expected.Plays >= LeastExpected && slice.Plays >= LeastExpected && (expected.Find(slice.Key, slice.Value)?.Plays ?? 0) == 0)
            {
                anomalies.Add(new Anomaly(
                    Severity.Error, against, slice.Key, Name(slice), Text($"The slice {Name(slice)} is {share:0.0 %} of {found.Plays} plays {After(against)}, and none of {expected.Plays} plays {Before(against)}.")));
            }
        }
    }

    private static string Name(SliceStatistics slice) => $"{slice.Key}={slice.Value}";

    private static string Name(FeatureStatistics feature, string? slice) => slice is null ? feature.Name : $"{feature.Name} of {slice}";

    private static string Title(string against) => against == "drift" ? "Drift" : "Skew";

    private static string Before(string against) => against == "drift" ? "in the training before" : "in training";

    private static string After(string against) => against == "drift" ? "in this training" : "served since";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
