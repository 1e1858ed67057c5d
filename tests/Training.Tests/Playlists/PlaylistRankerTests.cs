using System.Numerics.Tensors;
using Buddies.Engine.Vectors;
using Buddies.Training.Checkpoints;
using Buddies.Training.Facts;
using Buddies.Training.Playlists;
using Buddies.Training.Rankers.Bpr;

namespace Buddies.Training.Tests.Playlists;

public sealed class PlaylistRankerTests
{
    private const int Dimension = 10;
    private const int Listeners = 200;
    private const int Playlists = 40;
    private const int NeverChosen = 39;
    private static readonly PlaylistRankerOptions s_options = new() { Epochs = 30 };

    /// <summary>Every playlist holds the same, so that contents tell nobody anything; one half of the listeners chooses the even ones, the other the odd.</summary>
    [Fact]
    public void Train_ChoicesThatContentsCannotTell_AreLearnedForListenersNotSeenToo()
    {
        var trained = PlaylistRankerTrainer.Train(Planted(), s_options, null, default);
        Assert.NotNull(trained);
        Assert.True(trained.Doubts[^1] < trained.Doubts[0] - 0.1, $"Doubt went from {trained.Doubts[0]:0.000} to {trained.Doubts[^1]:0.000}.");
        for (var newcomer = 0; newcomer < 20; newcomer++)
        {
            var unit = Listener(newcomer % 2, new Random(1_000 + newcomer));
            var (own, others) = (Enumerable.Range(0, 38).Where(p => p % 2 == newcomer % 2), Enumerable.Range(0, 38).Where(p => p % 2 != newcomer % 2));
            var (least, most) = (own.Min(p => Score(trained, unit, p)), others.Max(p => Score(trained, unit, p)));
            Assert.True(least > most, $"Listener {newcomer}: a playlist of the like scores {least:0.000}, one of the others {most:0.000}.");
        }
    }

    [Fact]
    public void Train_PlaylistThatNobodyChose_StaysWhatItsContentsSay()
    {
        var data = Planted();
        var trained = PlaylistRankerTrainer.Train(data, s_options, null, default)!;
        var row = trained.Rows.AsSpan(NeverChosen * (Dimension + 1), Dimension + 1);
        Assert.Equal(data.Contents.AsSpan(NeverChosen * Dimension, Dimension).ToArray(), row[..Dimension].ToArray());
        Assert.Equal(0, row[Dimension]);
    }

    [Fact]
    public void Train_MoreShrinkage_StaysNearerToTheContents()
    {
        var data = Planted();
        var distances = new[] { 0.5, 5, 50, 5_000 }.Select(shrinkage =>
        {
            var rows = PlaylistRankerTrainer.Train(data, s_options with { Shrinkage = shrinkage }, null, default)!.Rows;
            return Enumerable.Range(0, Playlists).Average(p => (double)TensorPrimitives.Distance<float>(
                data.Contents.AsSpan(p * Dimension, Dimension), rows.AsSpan(p * (Dimension + 1), Dimension)));
        }).ToArray();
        Assert.Equal(distances.OrderDescending(), distances);
        Assert.True(distances[^1] < 0.02 && distances[0] > 0.2, $"Distances to the contents: {string.Join(", ", distances)}.");
    }

    [Fact]
    public void Train_OneThread_GivesTheSameBits_AndAfterAnInterruptionToo()
    {
        var data = Planted();
        var whole = PlaylistRankerTrainer.Train(data, s_options, null, default)!;
        Assert.Equal(whole.Rows, PlaylistRankerTrainer.Train(data, s_options, null, default)!.Rows);
        Assert.NotEqual(whole.Rows, PlaylistRankerTrainer.Train(data, s_options with { Seed = 2 }, null, default)!.Rows);
        for (var last = 1; last <= 3; last++)
        {
            var keeper = new Keeper { StopAfter = last * 7 };
            Assert.Throws<OperationCanceledException>(() => PlaylistRankerTrainer.Train(data, s_options, keeper, default));
            keeper.StopAfter = int.MaxValue;
            var resumed = PlaylistRankerTrainer.Train(data, s_options, keeper, default)!;
            Assert.Equal(last * 7, keeper.FoundAt);
            Assert.Equal(whole.Rows, resumed.Rows);
            Assert.Equal(whole.Doubts, resumed.Doubts);
        }
    }

    [Fact]
    public void Train_ManyThreads_LearnsTheSamePreferences()
    {
        var trained = PlaylistRankerTrainer.Train(Planted(), s_options with { PairsOfOneThread = 0, Threads = 4 }, null, default)!;
        var unit = Listener(0, new Random(7));
        Assert.True(Score(trained, unit, 0) > Score(trained, unit, 1));
    }

    [Fact]
    public void Train_TooFewPairs_GivesNone() =>
        Assert.Null(PlaylistRankerTrainer.Train(Planted(), s_options with { LeastPairs = 1_000_000 }, null, default));

    [Fact]
    public void StepFromHome_AnyRow_EqualsTheScalarStep()
    {
        const int seed = 11;
        var random = new Random(seed);
        var (x, row, home) = (Row(), Row(), Row());
        var expected = row.Zip(home, x).Select(t => t.Second + (0.9f * (t.First - t.Second)) + (0.3f * t.Third)).ToArray();
        BprKernel.StepFromHome(x, row, home, 0.3f, 0.9f);
        Assert.All(expected.Zip(row), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));

        float[] Row() => [.. Enumerable.Range(0, 24).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static float Score(TrainedPlaylistRanker trained, float[] unit, int playlist)
    {
        var row = trained.Rows.AsSpan(playlist * (Dimension + 1), Dimension + 1);
        return TensorPrimitives.Dot<float>(unit, row[..Dimension]) + row[Dimension];
    }

    private static float[] Listener(int side, Random random)
    {
        float[] unit = [.. Enumerable.Range(0, Dimension).Select(i => (i == side ? 1f : 0) + (0.2f * (random.NextSingle() - 0.5f)))];
        VectorKernels.Normalize(unit);
        return unit;
    }

    private static PlaylistRankerData Planted()
    {
        var random = new Random(5);
        float[] content = [.. Enumerable.Range(0, Dimension).Select(i => i < 2 ? 0.7071f : 0)];
        var pairs = BinaryRows.Make(
            listener => Enumerable.Range(0, NeverChosen).Where(p => p % 2 == listener % 2 && random.Next(3) == 0).ToArray(), Listeners, Playlists);
        return new PlaylistRankerData(
            Dimension,
            [.. Enumerable.Range(0, Listeners).SelectMany(listener => Listener(listener % 2, random))],
            [.. Enumerable.Range(0, Playlists).SelectMany(_ => content)],
            pairs,
            [.. Enumerable.Repeat(true, Playlists)]);
    }

    private sealed class Keeper : IEpochKeeper
    {
        private EpochState? _state;

        public int StopAfter { get; set; }

        public int FoundAt { get; private set; }

        public EpochState? Find(string key)
        {
            FoundAt = _state?.Epoch ?? 0;
            return _state;
        }

        public void Save(string key, EpochState state)
        {
            if (state.Epoch > StopAfter)
            {
                throw new OperationCanceledException();
            }

            _state = state with { Objectives = [.. state.Objectives], Factors = (float[])state.Factors.Clone() };
        }
    }
}
