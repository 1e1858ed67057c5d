using Buddies.Training.Facts;
using Buddies.Training.Rankers.Ease;
using Buddies.Training.Rankers.Neighbours;

namespace Buddies.Training.Tests.Rankers;

public sealed class NeighbourTests
{
    /// <summary>Three listeners over four tracks: {0, 1}, {0, 1, 2}, {2}.</summary>
    private static readonly SparseRows s_small = BinaryRows.Make(row => ((int[][])[[0, 1], [0, 1, 2], [2]])[row], 3, 4);

    [Fact]
    public void Count_ASmallWorld_CountsSharedListeners()
    {
        var counts = Cooccurrence.Count(s_small, s_small.Transpose(), 0, TwoCrowds.Run());
        Assert.Equal([2f, 2f, 2f, 0f], counts.Diagonal);
        Assert.Equal(2, ValueOf(counts, 0, 1));
        Assert.Equal(1, ValueOf(counts, 0, 2));
        Assert.Equal(1, ValueOf(counts, 2, 1));
        Assert.Empty(counts.Columns[3]);

        // A listener of n tracks weighs 1/n.
        var weighed = Cooccurrence.Count(s_small, s_small.Transpose(), 1, TwoCrowds.Run());
        Assert.Equal((1 / 2.0) + (1 / 3.0), ValueOf(weighed, 0, 1), 1e-6);
        Assert.Equal(1 / 3.0, ValueOf(weighed, 0, 2), 1e-6);
    }

    [Fact]
    public void ItemNeighbours_Scales_MultiplyEitherSide()
    {
        var ranker = new ItemNeighbours([[1, 2], [], []], [[3, 4], [], []], [0.5f, 1, 1], [1, 10, 100]);
        var scores = TwoCrowds.ScoresOf(ranker, BinaryRows.Make(_ => [0], 1, 3));
        Assert.Equal([0, 15, 200], scores);

        // 4·100 beats 3·10: with one neighbour kept it is track 2.
        Assert.Equal([0, 0, 200], TwoCrowds.ScoresOf(ranker.Keep(1, TwoCrowds.Run()), BinaryRows.Make(_ => [0], 1, 3)));
    }

    [Fact]
    public void ListenerNeighbours_TheNearestAlone_IsHeard()
    {
        var ranker = new ListenerNeighbours(s_small, s_small.Transpose(), new ListenerNeighbourOptions(0, 0, 1, 1, 0));

        // Nearest to {1, 2} is {0, 1, 2}, with two tracks in common.
        Assert.Equal([2, 2, 2, 0], TwoCrowds.ScoresOf(ranker, BinaryRows.Make(_ => [1, 2], 1, 4)));
    }

    [Fact]
    public void Ridge_SupportOfAllTracks_IsEase()
    {
        // So dense that every two tracks share a listener: only those can support each other.
        var random = new Random(9);
        var liked = Enumerable.Range(0, 60).Select(_ => Enumerable.Range(0, TwoCrowds.Tracks).Where(_ => random.NextDouble() < 0.5).ToArray()).ToArray();
        var rows = BinaryRows.Make(row => liked[row], liked.Length, TwoCrowds.Tracks);
        var run = TwoCrowds.Run();
        var counts = Cooccurrence.Count(rows, rows.Transpose(), 0, run);
        const double Lambda = 5;
        var options = new RidgeOptions(Support: TwoCrowds.Tracks, Ridge: Lambda / counts.Diagonal.Average(), OwnShare: 0);
        var ridge = RidgeNeighbours.Solve(counts, Degrees(rows), options, run);
        var ease = new EaseTrainer(new EaseOptions { Regularization = Lambda }).Train(rows, run);
        AssertSameUnknown(rows, TwoCrowds.ScoresOf(ease, rows), TwoCrowds.ScoresOf(ridge, rows));
    }

    [Theory]
    [InlineData(3, 0, 0)]
    [InlineData(3, 1.5, 0)]
    [InlineData(20, 0.5, 0.7)]
    public void Ease_MoreTracksThanListeners_EqualsTheOtherSide(double lambda, double ownShare, double listenerExponent)
    {
        // Less than half as many listeners as tracks: solved between listeners.
        var few = BinaryRows.Select(TwoCrowds.Make(seed: 9), [.. Enumerable.Range(0, 30)]);
        var run = TwoCrowds.Run();
        var options = new EaseOptions { Regularization = lambda, OwnShare = ownShare, ListenerExponent = listenerExponent };
        var byListeners = Assert.IsType<EaseByListeners>(new EaseTrainer(options).Train(few, run));

        // The definition, between tracks: P = (XᵀWX + D)⁻¹ with weights whose mean over the facts is 1.
        var counts = Enumerable.Range(0, few.RowCount).Select(few.CountOf).ToArray();
        var mean = counts.Where(count => count > 0).Sum(count => count * Math.Pow(count, -listenerExponent)) / few.EntryCount;
        var weighed = few.WeighRows(Array.ConvertAll(counts, count => count > 0 ? (float)Math.Sqrt(Math.Pow(count, -listenerExponent) / mean) : 0));
        var diagonal = Array.ConvertAll(few.CountColumns(), count => (float)(lambda + (ownShare * count)));
        var byTracks = new EaseByTracks(DenseInverse.OfGram(weighed, weighed.Transpose(), diagonal, run), few.ColumnCount);
        var (first, second) = (TwoCrowds.ScoresOf(byListeners, few), TwoCrowds.ScoresOf(byTracks, few));
        for (var i = 0; i < first.Length; i++)
        {
            Assert.True(Math.Abs(first[i] - second[i]) < 1e-3, $"Place {i}: {first[i]} by listeners, {second[i]} by tracks.");
        }
    }

    [Fact]
    public void Ease_TooManyOfBoth_IsRefused()
    {
        var rows = new SparseRows(EaseTrainer.MostRows + 1, new int[EaseTrainer.MostRows + 2], [], [], []);
        Assert.Contains("dense matrix", Assert.Throws<TrainingException>(() => new EaseTrainer(new EaseOptions()).Train(rows, TwoCrowds.Run())).Message, StringComparison.Ordinal);
    }

    private static float ValueOf(Cooccurrence counts, int track, int other) =>
        counts.Values[track][Array.IndexOf(counts.Columns[track], other)];

    private static float[] Degrees(SparseRows rows) => Array.ConvertAll(rows.CountColumns(), count => (float)count);

    private static void AssertSameUnknown(SparseRows facts, float[] expected, float[] actual)
    {
        for (var row = 0; row < facts.RowCount; row++)
        {
            var known = facts.Columns[facts.RangeOf(row)].ToHashSet();
            for (var track = 0; track < facts.ColumnCount; track++)
            {
                var at = (row * facts.ColumnCount) + track;
                Assert.True(known.Contains(track) || Math.Abs(expected[at] - actual[at]) < 1e-3, $"Listener {row}, track {track}: {actual[at]}, expected {expected[at]}.");
            }
        }
    }
}
