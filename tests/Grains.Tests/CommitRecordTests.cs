using Buddies.Engine.Bandits;
using Buddies.Engine.Ranking;
using Buddies.Grains.Home;

namespace Buddies.Grains.Tests;

public sealed class CommitRecordTests
{
    [Fact]
    public void With_ManyContributions_KnowsTheLatest_AndTakesOneThatWasTriedLongAgoForIn()
    {
        var record = CommitRecord.Read(null);
        var first = Named("first");
        record = record.With(first.Name);
        Assert.True(record.Has(first));
        var never = Named("never");
        never.TriedAt = record.Number;
        for (var i = 0; i < 300; i++)
        {
            Assert.False(record.Has(never));
            record = CommitRecord.Read(record.With($"c{i}").Write());
        }

        Assert.Equal(301, record.Number);
        Assert.False(record.Has(first)); // Left out; it was answered long ago.
        Assert.True(record.Has(Named("c0")));
        Assert.False(record.Has(never));
        Assert.True(record.With("one more").Has(never)); // Its name could have been left out: better lost than doubled.
    }

    private static Contribution Named(string name) => new(name, new PolicyLearner(RankingWeights.Default), null, [], []);
}
