using System.Text.Json;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Training.Validation;

namespace Buddies.Training.Tests.Validation;

/// <summary>What producers write beside an event may name a listener, and statistics outlive an erasure.</summary>
public sealed class WordsOfFewTests
{
    private static readonly string[] s_sliceKeys = ["context.tier"];

    [Fact]
    public void Words_OfFewListeners_AreInNoStatistics()
    {
        var catalogue = new MusicCatalogue();
        var maker = new ShapeMaker(s_sliceKeys);
        Example[] examples = [.. Examples(catalogue)];
        foreach (var example in examples)
        {
            maker.Add(example);
        }

        var counter = new StatisticsCounter(maker.Build());
        foreach (var example in examples)
        {
            counter.Add(example);
        }

        var statistics = counter.Build(0, 10);
        Assert.Equal(["phone"], statistics.Features.Single(feature => feature.Name == "context.device").Values);
        Assert.Equal(["premium"], statistics.Slices.Select(slice => slice.Value));
        Assert.Equal(["listen"], statistics.Features.Single(feature => feature.Name == FeatureNames.Kind).Values);
        Assert.DoesNotContain("of-ann", JsonSerializer.Serialize(statistics), StringComparison.Ordinal);

        // The same in what is compared with it later.
        var later = new StatisticsCounter(Shape.Of(statistics, s_sliceKeys));
        later.Add(Read(catalogue, "ann", """{"tier":"of-ann"}"""));
        for (var i = 0; i < WordCount.LeastListeners; i++)
        {
            later.Add(Read(catalogue, $"u{i}", """{"tier":"student"}"""));
        }

        Assert.Equal(["premium", "student"], later.Build(10, 20).Slices.Select(slice => slice.Value));
    }

    [Fact]
    public void NamesOfMembers_OfFewListeners_AreInNoStatistics_WhateverIsInThem()
    {
        var catalogue = new MusicCatalogue();
        var maker = new ShapeMaker(s_sliceKeys);
        for (var i = 0; i < 100; i++)
        {
            maker.Add(Read(catalogue, "ann", """{"plays-of-ann":7,"ann-likes":"phone","ann-is-here":true}"""));
        }

        for (var i = 0; i < WordCount.LeastListeners; i++)
        {
            // A value of each one's own, or now a number, now a word: the name is of many all the same.
            maker.Add(Read(catalogue, $"u{i}", $$"""{"session":"s{{i}}","volume":{{i}},"mood":{{(i % 2 == 0 ? "3" : "\"calm\"")}}}"""));
        }

        var names = maker.Build().Features.Select(feature => feature.Name).Where(name => name.StartsWith(FeatureNames.ContextPrefix, StringComparison.Ordinal));
        Assert.Equal(["context.mood", "context.session", "context.volume"], names);
    }

    private static IEnumerable<Example> Examples(MusicCatalogue catalogue)
    {
        for (var i = 0; i < 100; i++)
        {
            yield return Read(catalogue, "ann", """{"device":"of-ann","tier":"of-ann"}""");
        }

        for (var i = 0; i < WordCount.LeastListeners; i++)
        {
            yield return Read(catalogue, $"u{i}", """{"device":"phone","tier":"premium"}""");
        }
    }

    private static Example Read(MusicCatalogue catalogue, string user, string context)
    {
        var example = new Example();
        example.Read(
            new UserEvent(new EventId("e"), new UserId(user), EventKind.Listen, new TrackId("t"), null, null, null, DateTimeOffset.UnixEpoch, 1, context), catalogue);
        return example;
    }
}
