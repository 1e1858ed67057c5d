using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Tests.Bandits;

public sealed class PolicyLearnerTests
{
    [Fact]
    public void Solve_Examples_MatchTheNormalEquationsByHand()
    {
        // A = I + Σ x·xᵀ = [[2, 1], [1, 3]] for x = (1, 1) and (0, 1); b = Σ x·r = (1, 3); det 5; A⁻¹b = (0, 1).
        var arm = LinearArm.Solve([0, 0], 1, [1, 1, 1, 2], [1, 3], 0.5);
        Assert.Equal(0, arm.Mean[0], 1e-12);
        Assert.Equal(1, arm.Mean[1], 1e-12);
        var at = arm.At([1, 0]);
        Assert.Equal(0, at.Mean, 1e-12);
        Assert.Equal(0.5 * Math.Sqrt(3 / 5.0), at.Deviation, 1e-12);
    }

    [Fact]
    public void After_Rewards_MovesFromThePriorToTheirMean()
    {
        var arm = NormalArm.After(0.1, 10, new ArmTally(30, 15), 0.4);
        Assert.Equal(16 / 40.0, arm.Mean, 1e-12);
        Assert.Equal(0.4 / Math.Sqrt(40), arm.Deviation, 1e-12);
    }

    [Fact]
    public void MakeState_OneSegmentLearned_LendsItToTheOthersInPart()
    {
        var learner = new PolicyLearner(RankingWeights.Default);
        for (var i = 0; i < 200; i++)
        {
            learner.Learn(Rewarded("good", 0.8, segment: 2));
        }

        var state = learner.MakeState();
        var start = Shelves.StartOf("good");
        var (own, other, unseen) = (state.ShelfOf(2, "good").Mean, state.ShelfOf(5, "good").Mean, state.ShelfOf(5, "never").Mean);
        Assert.True(own > other - 1e-9 && other > start + 0.3, $"Expected own {own} above other {other}, and that far above the start {start}.");
        Assert.Equal(Shelves.StartOf("never"), unseen);
        Assert.True(state.ShelfOf(2, "good").Deviation < state.ShelfOf(5, "good").Deviation);
    }

    [Fact]
    public void Learn_UnseenCards_TeachNothing()
    {
        var learner = new PolicyLearner(RankingWeights.Default);
        var before = learner.MakeState();
        learner.Learn(Rewarded("good", 0.8, segment: 2) with { Seen = [false] });
        var after = learner.MakeState();
        Assert.Equal(before.Cards.Mean.ToArray(), after.Cards.Mean.ToArray());
        Assert.Equal(before.ShelfOf(2, "good"), after.ShelfOf(2, "good"));
        Assert.Equal(before.NewPlaylist, after.PlaylistOf(new PlaylistId("p")));
    }

    [Fact]
    public void Learn_OneFeatureCarriesTheReward_FindsIt()
    {
        var random = new Random(3);
        var learner = new PolicyLearner(RankingWeights.Default);
        for (var i = 0; i < 12_000; i++)
        {
            var features = new float[CardFeatures.Count];
            for (var j = 0; j < features.Length; j++)
            {
                features[j] = j == 0 ? 1 : random.NextSingle();
            }

            learner.Learn(Rewarded("s", (0.4 * features[7]) + (0.05 * (random.NextDouble() - 0.5)), 0, features));
        }

        var mean = learner.MakeState().Cards.Mean.ToArray();
        Assert.Equal(0.4, mean[7], 0.03);
        Assert.All(mean.Where((_, i) => i != 7), weight => Assert.InRange(Math.Abs(weight), 0, 0.04));
    }

    [Fact]
    public void TakeBack_OfALearnedHide_LeavesWhatTheSameRewardsWithoutItWouldHave()
    {
        var (hid, twin) = (new PolicyLearner(RankingWeights.Default), new PolicyLearner(RankingWeights.Default));
        float[] features = [1, 0.5f, 0, 0, 0.2f, 0.7f, 0, 0.1f, 0.3f, 0, 0, 0.4f, 0, 0];
        var hide = new HiddenCard(0, 0.2, IsItself: true, [new TrackId("t")]);
        hid.Learn(Rewarded("s", -1, 2, features) with { Hidden = [hide] });
        twin.Learn(Rewarded("s", 0.2, 2, features));
        hid.Fade(0.9);
        twin.Fade(0.9);
        hid = PolicyLearner.Read(RankingWeights.Default, hid.Write())!;
        var user = new UserId("u");
        Assert.False(hid.TakeBack(new HideUndone(new UserId("somebody else"), new PlaylistId("p"), null)));
        Assert.False(hid.TakeBack(new HideUndone(user, new PlaylistId("p"), new TrackId("another"))));

        // Two hides of one card: the reward is back when both are.
        Assert.False(hid.TakeBack(new HideUndone(user, null, new TrackId("t"))));
        Assert.True(hid.MakeState().PlaylistOf(new PlaylistId("p")).Mean < -0.05);
        Assert.True(hid.TakeBack(new HideUndone(user, new PlaylistId("p"), null)));
        Assert.False(hid.TakeBack(new HideUndone(user, new PlaylistId("p"), null)));
        var (mine, theirs) = (hid.MakeState(), twin.MakeState());
        Assert.All(mine.Cards.Mean.ToArray().Zip(theirs.Cards.Mean.ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        Assert.Equal(theirs.PlaylistOf(new PlaylistId("p")).Mean, mine.PlaylistOf(new PlaylistId("p")).Mean, 1e-12);
        Assert.Equal(theirs.PlaylistOf(new PlaylistId("p")).Deviation, mine.PlaylistOf(new PlaylistId("p")).Deviation, 1e-12);
        Assert.Equal(theirs.ShelfOf(2, "s").Mean, mine.ShelfOf(2, "s").Mean, 1e-12);
    }

    [Fact]
    public void TakeBack_OfAHideThatABranchHasLearned_IsFoundWhereTheBranchWasAdded()
    {
        float[] features = [1, 0.5f, 0, 0, 0.2f, 0.7f, 0, 0.1f, 0.3f, 0, 0, 0.4f, 0, 0];
        var (whole, twin) = (new PolicyLearner(RankingWeights.Default), new PolicyLearner(RankingWeights.Default));
        var branch = whole.Branch();
        branch.Learn(Rewarded("s", -1, 2, features) with { Hidden = [new HiddenCard(0, 0.2, IsItself: true, [])] });
        whole.Add(branch);
        twin.Learn(Rewarded("s", 0.2, 2, features));
        Assert.True(whole.TakeBack(new HideUndone(new UserId("u"), new PlaylistId("p"), null)));
        Assert.Equal(twin.MakeState().PlaylistOf(new PlaylistId("p")).Mean, whole.MakeState().PlaylistOf(new PlaylistId("p")).Mean, 1e-12);
        Assert.False(whole.Forget([new PlaylistId("p2")]));
        Assert.True(whole.Forget([new PlaylistId("p")]));
    }

    [Fact]
    public void TakeBack_OfOneWhoWasForgotten_FindsNothing()
    {
        var learner = new PolicyLearner(RankingWeights.Default);
        learner.Learn(Rewarded("s", -1, 2, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) with { Hidden = [new HiddenCard(0, 0, true, [])] });
        Assert.True(learner.Forget(new UserId("u")));
        Assert.False(learner.Forget(new UserId("u")));
        Assert.Contains("\"hides\":[]", learner.Write(), StringComparison.Ordinal);
        Assert.False(learner.TakeBack(new HideUndone(new UserId("u"), new PlaylistId("p"), null)));
    }

    [Fact]
    public void Read_WhatWriteGave_GoesOnTheSame()
    {
        var learner = new PolicyLearner(RankingWeights.Default);
        learner.Learn(Rewarded("good", 0.8, 2, [.. Enumerable.Repeat(0.3f, CardFeatures.Count)]));
        learner.MakeState();
        var back = PolicyLearner.Read(RankingWeights.Default, learner.Write());
        Assert.NotNull(back);
        foreach (var each in (PolicyLearner[])[learner, back])
        {
            each.Fade(0.9);
            each.Learn(Rewarded("other", 0.2, 3));
        }

        Assert.Equal(learner.Write(), back.Write());
        var (one, two) = (learner.MakeState(), back.MakeState());
        Assert.Equal(one.Version, two.Version);
        Assert.Equal(one.Cards.Mean.ToArray(), two.Cards.Mean.ToArray());
        Assert.Equal(one.ShelfOf(2, "good"), two.ShelfOf(2, "good"));
    }

    [Fact]
    public void Read_WhatWasWrittenWhenPlaylistsHadTerms_ForgetsTheseAndTakesHidesBackFromTheRest()
    {
        float[] features = [1, 0.5f, 0, 0, 0.2f, 0.7f, 0, 0.1f, 0.3f, 0, 0, 0.4f, 0, 0];
        var (hid, twin) = (new PolicyLearner(RankingWeights.Default), new PolicyLearner(RankingWeights.Default));
        hid.Learn(Rewarded("s", -1, 2, features) with { Hidden = [new HiddenCard(0, 0.2, IsItself: true, [])] });
        twin.Learn(Rewarded("s", 0.2, 2, features));
        var memory = System.Text.Json.Nodes.JsonNode.Parse(hid.Write())!.AsObject();
        Assert.Empty(memory["playlists"]!.AsArray()); // Of a factor, a process of the version before makes no sense.
        memory["playlists"] = System.Text.Json.Nodes.JsonNode.Parse("""[{"id":"p","count":1,"sum":-1.05}]""");
        Assert.True(memory.Remove("factors") && memory.Remove("promised") && memory.Remove("promisedSquares") && memory["hides"]![0]!.AsObject().Remove("promised"));
        var back = PolicyLearner.Read(RankingWeights.Default, memory.ToJsonString())!;
        Assert.Equal(back.MakeState().NewPlaylist, back.CurrentState().PlaylistOf(new PlaylistId("p")));

        // Seen since; the hide was never taken in by what is known of it.
        back.Learn(Rewarded("s", 0, 2, features));
        twin.Learn(Rewarded("s", 0, 2, features));
        var before = back.MakeState().PlaylistOf(new PlaylistId("p"));
        Assert.True(back.TakeBack(new HideUndone(new UserId("u"), new PlaylistId("p"), null)));
        var state = back.MakeState();
        Assert.Equal(before, state.PlaylistOf(new PlaylistId("p")));
        Assert.All(state.Cards.Mean.ToArray().Zip(twin.MakeState().Cards.Mean.ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
    }

    [Fact]
    public void CardsUnder_OtherWeights_IsWhatALearnerBegunWithThemBelieves()
    {
        var pages = Enumerable.Range(0, 40).Select(i => Rewarded(
            "good", 0.02 * i, i % 4, [.. Enumerable.Range(0, CardFeatures.Count).Select(j => (((i * 7) + (j * 3)) % 10) / 10f)])).ToArray();
        var weights = RankingWeights.Default with { TasteMatch = 0.2f, Chosen = 0.9f, Linked = -0.3f };
        var (learner, other) = (new PolicyLearner(RankingWeights.Default), new PolicyLearner(weights));
        foreach (var page in pages)
        {
            learner.Learn(page);
            other.Learn(page);
        }

        var (state, expected) = (learner.MakeState(), other.MakeState().Cards);
        Assert.Same(state.Cards, state.CardsUnder(null));
        var cards = state.CardsUnder(weights);
        Assert.Same(cards, state.CardsUnder(weights));
        Assert.All(expected.Mean.ToArray().Zip(cards.Mean.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        Assert.NotEqual(state.Cards.Mean.ToArray(), cards.Mean.ToArray());
    }

    [Fact]
    public void Read_WhatWasWrittenWithFewerFeatures_KnowsTheSameOfThose()
    {
        var learner = new PolicyLearner(RankingWeights.Default);
        float[] features = [.. Enumerable.Repeat(0.3f, CardFeatures.FormerCount), .. new float[CardFeatures.Count - CardFeatures.FormerCount]];
        learner.Learn(Rewarded("good", 0.8, 2, features));
        learner.MakeState();
        var memory = System.Text.Json.Nodes.JsonNode.Parse(learner.Write())!;
        var (outer, products) = (memory["outer"]!.AsArray(), memory["products"]!.AsArray());
        memory["outer"] = new System.Text.Json.Nodes.JsonArray(
            [.. Enumerable.Range(0, CardFeatures.FormerCount).SelectMany(i => Enumerable.Range(0, CardFeatures.FormerCount).Select(j => outer[(i * CardFeatures.Count) + j]!.DeepClone()))]);
        memory["products"] = new System.Text.Json.Nodes.JsonArray([.. products.Take(CardFeatures.FormerCount).Select(product => product!.DeepClone())]);
        Assert.Equal(learner.Write(), PolicyLearner.Read(RankingWeights.Default, memory.ToJsonString())?.Write());
    }

    [Fact]
    public void Add_WhatSeveralHaveSummedUpBesideEachOther_IsWhatOneWouldHave_InAnyOrder()
    {
        var pages = Enumerable.Range(0, 60).Select(i => Rewarded(
            i % 3 == 0 ? "good" : "other", 0.01 * i, i % 4, [.. Enumerable.Range(0, CardFeatures.Count).Select(j => (((i * 7) + (j * 3)) % 10) / 10f)], $"p{i % 5}")).ToArray();
        var all = Learned(pages[..20]);
        var (whole, forth, back) = (all.Branch(), Learned(pages[..20]), Learned(pages[..20]));
        PolicyLearner[] parts = [all.Branch(), all.Branch(), all.Branch()];
        for (var i = 20; i < pages.Length; i++)
        {
            whole.Learn(pages[i]);
            parts[i % 3].Learn(pages[i]);
        }

        all.Add(whole);
        Array.ForEach(parts, forth.Add);
        Array.ForEach([.. parts.Reverse()], back.Add);
        foreach (var sum in new[] { forth, back })
        {
            var (one, other) = (all.MakeState(), sum.MakeState());
            Assert.Equal(60, sum.Pages);
            Assert.All(one.Cards.Mean.ToArray().Zip(other.Cards.Mean.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
            Assert.Equal(one.ShelfOf(1, "good").Mean, other.ShelfOf(1, "good").Mean, 1e-9);
            Assert.Equal(one.PlaylistOf(new PlaylistId("p2")).Mean, other.PlaylistOf(new PlaylistId("p2")).Mean, 1e-9);
            Assert.Equal(one.NewPlaylist.Deviation, other.NewPlaylist.Deviation, 1e-9);
        }
    }

    [Fact]
    public void CurrentState_OfOneText_IsTheSameWhereverItIsRead()
    {
        var learner = Learned([Rewarded("good", 0.8, 2), Rewarded("other", 0.2, 3)]);
        var version = learner.MakeState().Version;
        var text = learner.Write();
        var (one, two) = (PolicyLearner.Read(RankingWeights.Default, text)!.CurrentState(), PolicyLearner.Read(RankingWeights.Default, text)!.CurrentState());
        Assert.Equal((version, version), (one.Version, two.Version));
        Assert.Equal(one.Cards.Mean.ToArray(), two.Cards.Mean.ToArray());
    }

    private static PolicyLearner Learned(IEnumerable<RewardedPage> pages)
    {
        var learner = new PolicyLearner(RankingWeights.Default);
        foreach (var page in pages)
        {
            learner.Learn(page);
        }

        learner.MakeState();
        return learner;
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("null")]
    public void Read_AnythingElse_IsRefused(string text) => Assert.Null(PolicyLearner.Read(RankingWeights.Default, text));

    private static RewardedPage Rewarded(string shelf, double reward, int segment, float[]? features = null, string playlist = "p") => new(
        RewardTests.Page(0, playlist) with
        {
            Segment = segment,
            Cards = [RewardTests.Card(playlist, 0, 0) with { Shelf = shelf, Choices = [features ?? new float[CardFeatures.Count]] }],
        },
        [reward],
        [true],
        [true]);
}
