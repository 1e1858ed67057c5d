using Buddies.Training.Validation;

namespace Buddies.Training.Tests.Validation;

public sealed class DataValidatorTests
{
    [Fact]
    public void Distances_OfKnownDistributions_AreWhatTheirFormulasSay()
    {
        // Half against none: middle (¼, ¾); ½·log₂2 + ½·log₂(⅔) on one side, log₂(4/3) on the other.
        var expected = 0.5 * ((0.5 * Math.Log2(2)) + (0.5 * Math.Log2(2.0 / 3)) + Math.Log2(4.0 / 3));
        Assert.Equal(expected, Distances.JensenShannon([50, 50], [0, 7]), 12);
        Assert.Equal((0.5, 0), Distances.Chebyshev([50, 50], [0, 7]));
        Assert.Equal(1, Distances.JensenShannon([3, 0], [0, 9]), 12);
        Assert.Equal(0, Distances.JensenShannon([3, 6, 9], [1, 2, 3]), 12);
        Assert.Equal((0.25, 2), Distances.Chebyshev([50, 50, 0], [40, 35, 25]));
    }

    [Fact]
    public void Compare_SamplesOfOneDistribution_FindNothing()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var comparison = Compare(Draw(random, 600, 0), Draw(random, 500, 0));
            Assert.True(comparison.IsJudged);
            Assert.True(comparison.Anomalies.Count == 0, $"round {round}: {string.Join(" ", comparison.Anomalies.Select(one => one.Message))}");
        }
    }

    [Fact]
    public void Compare_MovedValues_NameTheBinBeyondTheRange()
    {
        var random = new Random(12);
        var comparison = Compare(Draw(random, 2000, 0), Draw(random, 1000, 100));
        var anomaly = Assert.Single(comparison.Anomalies);
        Assert.Equal((Severity.Error, "skew", "x"), (anomaly.Severity, anomaly.Against, anomaly.Feature));
        Assert.Contains("'above ", anomaly.Message, StringComparison.Ordinal);
        Assert.Equal(ComparisonOutcome.Different, Assert.Single(comparison.Features).Outcome);
    }

    [Fact]
    public void Compare_ValuesThatAreMissing_NameThatBin()
    {
        var random = new Random(13);
        var found = Draw(random, 1000, 0);
        long[] counts = [.. found.Counts.Select((count, i) => i == 0 ? 600 : count)];
        var anomaly = Assert.Single(Compare(Draw(random, 2000, 0), found with { Counts = counts }).Anomalies);
        Assert.Contains("'missing' holds", anomaly.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_TooFewExamples_JudgesNothing()
    {
        var random = new Random(14);
        var comparison = Compare(Draw(random, 2000, 0), Draw(random, 499, 100));
        Assert.False(comparison.IsJudged);
        Assert.Empty(comparison.Anomalies);
        Assert.Equal(ComparisonOutcome.TooFew, Assert.Single(comparison.Features).Outcome);
    }

    [Fact]
    public void Compare_AFeatureThatWasNotCountedOrInOtherBins_IsAFailure()
    {
        var random = new Random(15);
        var expected = Draw(random, 2000, 0);
        var found = Draw(random, 1000, 0);
        var absent = DataValidator.Compare(Of(expected), Of() with { Plays = 1000 }, Schema, "skew");
        var other = Compare(expected, found with { Counts = [.. found.Counts, 4] });
        foreach (var comparison in new[] { absent, other })
        {
            Assert.Contains("cannot be computed", Assert.Single(comparison.Anomalies).Message, StringComparison.Ordinal);
            Assert.Equal(ComparisonOutcome.NotComputable, Assert.Single(comparison.Features).Outcome);
            Assert.Equal(Severity.Error, comparison.Anomalies[0].Severity);
        }
    }

    [Fact]
    public void Check_WhatTheSchemaDoesNotAllow_IsNamed()
    {
        var feature = Draw(new Random(16), 1000, 0);
        var bounded = Schema with { Features = [new FeatureSchema("x", FeatureType.Number, Severity.Error, 1, 1, 1, Least: 0.5), new FeatureSchema("gone", FeatureType.Text, Severity.Error, 1, 1, 1)] };
        var anomalies = DataValidator.Check(Of(feature with { WrongType = 100 }), bounded, "training");
        Assert.Contains(anomalies, one => one.Message.Contains("the least of the schema is 0.5", StringComparison.Ordinal));
        Assert.Contains(anomalies, one => one.Message.StartsWith("The feature gone", StringComparison.Ordinal));
        Assert.Contains(anomalies, one => one.Message.Contains("100 of 1100 values of x", StringComparison.Ordinal));
        Assert.Equal(3, anomalies.Count);
        Assert.Empty(DataValidator.Check(Of(feature), DataSchema.Infer(Of(feature)), "training"));
    }

    [Fact]
    public void Bins_EachValue_IsInTheOneThatNamesIt()
    {
        var maker = new ShapeMaker([]);
        double[] values = [0, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10, 10, 10, 10];
        foreach (var value in values)
        {
            maker.Add(ExampleOf(value));
        }

        var counter = new StatisticsCounter(maker.Build());
        foreach (var value in values.Append(-1).Append(11))
        {
            counter.Add(ExampleOf(value));
        }

        var feature = counter.Build(0, 1).Find(FeatureNames.Plays)!;
        Assert.Equal(values.Length + 2, feature.Total);
        Assert.Equal(1, feature.Counts[1]);
        Assert.Equal(1, feature.Counts[^1]);
        Assert.Equal("below 0", feature.Describe(1));
        Assert.Equal("above 10", feature.Describe(feature.Counts.Count - 1));
        var ten = Enumerable.Range(0, feature.Counts.Count).Single(bin => feature.Describe(bin) == "10");
        Assert.Equal(7, feature.Counts[ten]);
        Assert.Equal((-1.0, 11.0), (feature.Least!.Value, feature.Most!.Value));
    }

    private static DataSchema Schema => DataSchema.Default with { Features = [new FeatureSchema("x", FeatureType.Number, Severity.Error, 1, 0.1, 0.05)] };

    private static Example ExampleOf(double plays)
    {
        var example = new Example();
        example.Read(
            new Engine.Events.UserEvent(new("e"), new("u"), Engine.Events.EventKind.Listen, new("t"), null, null, null, DateTimeOffset.UnixEpoch, (int)plays),
            new Engine.Catalogue.MusicCatalogue());
        return example;
    }

    private static DataComparison Compare(FeatureStatistics expected, FeatureStatistics found) => DataValidator.Compare(Of(expected), Of(found), Schema, "skew");

    private static DataStatistics Of(params FeatureStatistics[] features) =>
        new(0, 1, features.Sum(one => one.Total), features.Sum(one => one.Total), features, []);

    /// <summary>Uniform numbers in ten bins of 0 to 1, moved.</summary>
    private static FeatureStatistics Draw(Random random, int count, double moved)
    {
        double[] edges = [.. Enumerable.Range(0, 11).Select(i => i / 10.0)];
        var counts = new long[12 + 1];
        for (var i = 0; i < count; i++)
        {
            var value = random.NextDouble() + moved;
            counts[value > 1 ? counts.Length - 1 : 2 + (int)(value * 10)]++;
        }

        return new FeatureStatistics("x", FeatureType.Number, edges, [], counts, Least: 0, Most: 1);
    }
}
