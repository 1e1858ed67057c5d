using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Judging;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Tests.Judging;

public sealed class LogJudgeTests
{
    [Fact]
    public void Read_WhatWriteGave_IsTheSamePages()
    {
        var pages = Pages(users: 5, perUser: 2, seed: 1);
        var back = ImpressionLog.Read(pages.SelectMany(ImpressionLog.Write).Append("")).ToArray();
        Assert.Equal(pages.SelectMany(ImpressionLog.Write), back.SelectMany(ImpressionLog.Write));
        Assert.Equal(pages.Count, back.Length);
        Assert.Equal(pages[3].Page.Cards.Select(card => card.CandidateSet), back[3].Page.Cards.Select(card => card.CandidateSet));
    }

    [Theory]
    [InlineData("{", "Line 2 is no JSON")]
    [InlineData("{}", "Line 2 lacks a field")]
    [InlineData("null", "Line 2 lacks a field")]
    public void Read_BrokenLine_SaysWhich(string line, string expected)
    {
        var good = ImpressionLog.Write(Pages(1, 1, 1)[0]).First();
        var e = Assert.Throws<FormatException>(() => ImpressionLog.Read([good, line]).ToArray());
        Assert.StartsWith(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PropensityOfZero_IsRefused()
    {
        var line = ImpressionLog.Write(Pages(1, 1, 1)[0]).First().Replace("\"propensity\":0.5", "\"propensity\":0", StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => ImpressionLog.Read([line]).ToArray());
    }

    [Fact]
    public void Judge_BetterPolicyThanTheLogs_IsSeenInEveryEstimate()
    {
        // Candidates differ in popularity alone; the reward is 0.4 for the popular one, else 0. The logs draw evenly.
        var pages = Pages(users: 400, perUser: 3, seed: 2);
        var onlyPopularity = new RankingWeights { TasteMatch = 0, SessionMatch = 0, OwnerSimilarity = 0, Overlap = 0, UnheardShare = 0, DislikedShare = 0, Popularity = 1, Diversity = 0 };
        var judgement = LogJudge.Judge(pages, TargetPolicies.Ranker(onlyPopularity, epsilon: 0), new JudgeOptions());
        Assert.Null(judgement.Cards.Refusal);
        Assert.Equal(0.2, judgement.Cards.Logged, 0.03);
        Assert.Equal(0.4, judgement.Cards.Snips.Value, 1e-9);
        Assert.Equal(0.4, judgement.Cards.DoublyRobust.Value, 0.02);
        Assert.Equal(0.8, judgement.Shelves.Cascade.Value, 0.03);

        var even = LogJudge.Judge(pages, TargetPolicies.Uniform, new JudgeOptions());
        Assert.Equal(even.Cards.Logged, even.Cards.Ips.Value, 1e-9);
        Assert.Equal((1.0, 1.0), (even.Cards.LargestWeight, even.Cards.MeanWeight));
    }

    /// <summary>One shelf of two places, each drawn evenly from an unpopular and a popular playlist.</summary>
    private static List<RewardedPage> Pages(int users, int perUser, int seed)
    {
        var draws = new Draws((ulong)seed);
        var pages = new List<RewardedPage>();
        for (var i = 0; i < users * perUser; i++)
        {
            var chosen = new[] { draws.NextPlace([0.5, 0.5]), draws.NextPlace([0.5, 0.5]) };
            var cards = chosen.Select((c, place) => new Impression("taste", 0, 0.7, place, 0.5, (ulong)i, new PlaylistId($"p{c}-{place}"), c, [Features(0), Features(1)])).ToArray();
            pages.Add(new RewardedPage(
                new ShownPage(new UserId($"u{i / perUser}"), i, i, "test", 3, new SnapshotVersion(2), 1, PageSlice.Uniform, cards),
                [.. chosen.Select(c => 0.4 * c)],
                [.. chosen.Select(c => c == 1)],
                [true, true]));
        }

        return pages;
    }

    private static float[] Features(float popularity)
    {
        var features = new float[CardFeatures.Count];
        (features[0], features[7]) = (1, popularity);
        return features;
    }
}
