using Buddies.Engine.Ranking;
using Buddies.Training.Playlists;

namespace Buddies.Training.Tests.Playlists;

public sealed class RankingFitTests
{
    private const int Taste = 0;
    private const int Session = 1;
    private const int Chosen = 8;
    private const int Linked = 9;
    private static readonly bool[] s_open = [.. Enumerable.Range(0, RankingExample.Width).Select(i => i != 10)];

    [Fact]
    public void Learn_PlantedWeights_AreFound()
    {
        var weights = RankingFit.Learn(Examples(400, features => (4 * features[Chosen]) + features[Taste]), RankingWeights.Default, s_open);
        Assert.True(weights.Chosen > 1.5f * weights.TasteMatch, $"chosen {weights.Chosen:0.00}, taste {weights.TasteMatch:0.00}");
        Assert.InRange(weights.Linked, -0.2f * weights.Chosen, 0.2f * weights.Chosen);
        Assert.True(weights.Overlap < weights.TasteMatch);
    }

    [Fact]
    public void Learn_FeatureThatIsClosed_KeepsCountingNothing()
    {
        bool[] closed = [.. s_open.Select((open, i) => open && i != Chosen)];
        Assert.Equal(0, RankingFit.Learn(Examples(200, features => 4 * features[Chosen]), RankingWeights.Default, closed).Chosen);
    }

    [Fact]
    public void Learn_NothingToLearnFrom_LeavesWhatIsSetByHand()
    {
        Assert.Same(RankingWeights.Default, RankingFit.Learn([], RankingWeights.Default, s_open));

        // Two listeners are next to nothing beside what the weights set by hand are worth.
        var weights = RankingFit.Learn(Examples(2, features => features[Taste]), RankingWeights.Default, s_open);
        Assert.All(weights.ToArray().Zip(RankingWeights.Default.ToArray()), pair => Assert.Equal(pair.Second, pair.First, 0.25f));
    }

    [Fact]
    public void Compare_RankerThatTellsNothing_GetsNoWeight_AndOneThatTellsAllDoes()
    {
        var useless = RankingJudge.Compare(Examples(300, features => 3 * features[Taste]), hasChosen: true, hasLinks: true, 1);
        Assert.Equal((0, 0), (useless.Weights?.Chosen ?? 0, useless.Weights?.Linked ?? 0));
        var useful = RankingJudge.Compare(Examples(300, features => 6 * features[Linked]), hasChosen: true, hasLinks: true, 1);
        Assert.NotNull(useful.Weights);
        Assert.True(useful.Weights.Linked > 0.3f);
        var best = useful.Judgement.Rows.MaxBy(row => row.Ndcg.Value)!;
        Assert.True(best.Gain.Low > 0 && best.Name is "learned, with links" or "learned, with both" or "links alone", best.Name);
        Assert.DoesNotContain(RankingJudge.Compare(Examples(100, features => features[Taste]), false, false, 1).Judgement.Rows, row => row.Name.Contains("bpr", StringComparison.Ordinal));
    }

    [Fact]
    public void RankingWeights_ArrayAndBack_IsTheSame()
    {
        float[] numbers = [.. Enumerable.Range(1, RankingWeights.Names.Count).Select(i => i * 0.5f)];
        var weights = RankingWeights.From(numbers);
        Assert.Equal(numbers, weights.ToArray());
        var features = new PlaylistFeatures(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        var copied = new double[numbers.Length];
        RankingWeights.Copy(features, copied);
        Assert.Equal(Enumerable.Range(1, 11).Select(i => (double)i), copied);
        Assert.Equal(weights.Score(features), numbers.Zip(copied, (w, x) => w * x).Sum(), 4);
        Assert.Throws<ArgumentException>(() => RankingWeights.From(new float[3]));
    }

    /// <summary>Listeners with forty candidates, three of which they chose by a taste of their own and some chance. Nobody has a session.</summary>
    private static RankingExample[] Examples(int listeners, Func<double[], double> appeal)
    {
        const int Candidates = 40;
        return [.. Enumerable.Range(0, listeners).Select(listener =>
        {
            var random = new Random(listener + 17);
            var features = Enumerable.Range(0, Candidates).Select(_ =>
                Enumerable.Range(0, RankingExample.Width).Select(i => i is Session or 10 ? 0 : random.NextDouble()).ToArray()).ToArray();
            int[] chosen = [.. Enumerable.Range(0, Candidates).OrderByDescending(i => appeal(features[i]) - Math.Log(-Math.Log(random.NextDouble())))
                .Take(3).Order()];
            return new RankingExample(listener, [.. features.SelectMany(one => one)], chosen, 3);
        })];
    }
}
