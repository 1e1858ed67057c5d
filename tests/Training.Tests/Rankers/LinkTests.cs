using Buddies.Engine.Ranking;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Auto;
using Buddies.Training.Rankers.Ease;
using Buddies.Training.Rankers.Links;
using Buddies.Training.Rankers.Neighbours;

namespace Buddies.Training.Tests.Rankers;

public sealed class LinkTests
{
    [Fact]
    public void LinkRows_AllOfThem_AreTheLinearRankerItself()
    {
        var rows = TwoCrowds.Make(seed: 4);
        var blend = MakeBlend(rows);
        var links = new LinkRanker(null, LinkRows.Of(blend, TwoCrowds.Tracks, TwoCrowds.Run()).ToTable(TwoCrowds.Tracks, 2, LinkSearch.FactsAlike), 1);
        var (expected, found) = (TwoCrowds.ScoresOf(blend, rows), TwoCrowds.ScoresOf(links, rows));
        for (var i = 0; i < expected.Length; i++)
        {
            // What a track says of itself is left out: it is known already where it would count.
            var (listener, track) = (i / TwoCrowds.Tracks, i % TwoCrowds.Tracks);
            if (Array.IndexOf(rows.Columns, track, rows.Offsets[listener], rows.CountOf(listener)) < 0)
            {
                Assert.Equal(2 * expected[i], found[i], 1e-4);
            }
        }
    }

    [Fact]
    public void ToTable_FewerThanThereAre_KeepsTheStrongestOfEitherSign()
    {
        var rows = TwoCrowds.Make(seed: 4);
        var all = LinkRows.Of(MakeBlend(rows), TwoCrowds.Tracks, TwoCrowds.Run());
        var (whole, few) = (all.ToTable(TwoCrowds.Tracks, 1, LinkSearch.FactsAlike), all.ToTable(5, 1, LinkSearch.FactsAlike));
        Assert.Equal(few.Targets.Length, few.Parameters.Entries);
        for (var track = 0; track < TwoCrowds.Tracks; track++)
        {
            whole.View.Of(track, out var targets, out var weights);
            few.View.Of(track, out var fewTargets, out var fewWeights);
            var places = Enumerable.Range(0, targets.Length).ToArray();
            var strengths = weights.ToArray();
            var expected = places.OrderByDescending(place => Math.Abs(strengths[place])).Take(5).Order().ToArray();
            var (own, ownTargets) = (fewWeights.ToArray(), targets.ToArray());
            Assert.Equal(expected.Select(place => ownTargets[place]), fewTargets.ToArray());
            Assert.Equal(expected.Select(place => strengths[place]), own);
        }
    }

    [Fact]
    public void Score_FactsOfMoreAndLess_CountByPreferenceAndConfidence()
    {
        var table = new TrackLinkTable([0, 1, 2, 2], [2, 2], [1, 10], new LinkParameters(2, 0, 0.5, 1));
        var facts = new SparseRows(3, [0, 2, 4], [0, 1, 0, 1], [4 * 3.7f, 3.7f, 3.7f, 3.7f], [1, 0.5f, -1, 1]);
        var scores = TwoCrowds.ScoresOf(new LinkRanker(null, table, 3.7), facts);

        // (2·1 + 0.5·10)/2.5; then what speaks against its track counts for nothing.
        Assert.Equal([0, 0, 2.8f, 0, 0, 10], scores.Select(score => MathF.Round(score, 4)));
    }

    [Fact]
    public void Count_Facts_LeavesOutWhatSpeaksAgainst()
    {
        var facts = new SparseRows(3, [0, 3], [0, 1, 2], [4 * 3.7f, 3.7f, 3.7f], [1, -1, 0.5f]);
        var counted = LinkFacts.Count(facts, new LinkParameters(0, 1, 0.5, 0), 3.7);
        Assert.Equal([0, 2], counted.Columns);
        Assert.Equal([2, 0.5f], counted.Confidences.Select(count => MathF.Round(count, 5)));
        Assert.All(counted.Preferences, preference => Assert.Equal(1, preference));
    }

    [Fact]
    public void Auto_OneThreadOrTwo_GivesTheSameScores()
    {
        var rows = TwoCrowds.Make(seed: 4);
        var (one, two) = (
            RankerCatalogue.Create("auto", 10, 0.25).Train(rows, TwoCrowds.Run(threads: 1)),
            RankerCatalogue.Create("auto", 10, 0.25).Train(rows, TwoCrowds.Run(threads: 2)));
        Assert.Equal(TwoCrowds.ScoresOf(one, rows), TwoCrowds.ScoresOf(two, rows));
    }

    private static BlendRanker MakeBlend(SparseRows rows)
    {
        var data = new RankerData(rows);
        var counts = data.Count(0.5, TwoCrowds.Run());
        var item = new ItemNeighbours(counts.Columns, counts.Values, Degrees.Power(data.TrackDegrees, -0.3), Degrees.Power(data.TrackDegrees, -0.4));
        return new BlendRanker([(item, 0.5f), (new EaseTrainer(new EaseOptions { Regularization = 20 }).Train(rows, TwoCrowds.Run()), 1)]);
    }
}
