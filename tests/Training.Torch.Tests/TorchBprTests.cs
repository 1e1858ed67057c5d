using Buddies.Training.Devices;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Bpr;
using Buddies.Training.Tests.Rankers;

namespace Buddies.Training.Torch.Tests;

/// <summary>BPR on libtorch beside the processors' trainer. Both draw at random, so what is compared is what they reach.</summary>
public sealed class TorchBprTests
{
    private static readonly BprOptions s_options = new() { Dimension = 16, Regularization = 0.05, Epochs = 30 };

    [TorchFact]
    public void Train_OnTwoCrowds_ReachesTheProcessorsLoss()
    {
        using var device = Open();
        var rows = TwoCrowds.Make(seed: 4);
        var expected = LossOf(new BprTrainer(s_options).Train(rows, TwoCrowds.Run()), rows);
        var actual = LossOf(device.CreateBpr(s_options).Train(rows, TwoCrowds.Run()), rows);
        var untrained = LossOf(new BprRanker(BprStart.Draw(rows, s_options, 1).Tracks, rows.CountColumns(), s_options, 1), rows);

        Assert.True(expected < 0.7 * untrained, $"the processors' trainer learnt nothing: {expected} of {untrained}");
        Assert.True(Math.Abs(actual - expected) <= 0.1 * expected, $"expected a loss of {expected}, within a tenth; got {actual}");
    }

    [TorchFact]
    public void Train_OnTwoCrowds_FindsAsMuchOfWhatWasHidden()
    {
        using var device = Open();
        var expected = TwoCrowds.RecallOf(new BprTrainer(s_options));
        var actual = TwoCrowds.RecallOf(device.CreateBpr(s_options));
        Assert.True(Math.Abs(actual - expected) <= 0.05, $"expected a recall of {expected}, within 0.05; got {actual}");
    }

    [TorchFact]
    public void Train_Twice_OnProcessors_GivesTheSameScores()
    {
        using var device = Open();
        var rows = TwoCrowds.Make(seed: 4);
        var first = TwoCrowds.ScoresOf(device.CreateBpr(s_options).Train(rows, TwoCrowds.Run()), rows);
        var second = TwoCrowds.ScoresOf(device.CreateBpr(s_options).Train(rows, TwoCrowds.Run()), rows);
        Assert.Equal(first, second);
    }

    [TorchFact]
    public void Draw_NeverGivesATrackThatTheListenerKnows()
    {
        var rows = TwoCrowds.Make(seed: 4);
        using var device = (TorchDevice)Open();
        using var draws = new Bpr.FactDraws(rows, 0.5, 9, device);
        using var scope = TorchSharp.torch.NewDisposeScope();
        var drawn = draws.Draw(5000);
        var (listeners, positives) = (drawn.Listeners.data<long>().ToArray(), drawn.Positives.data<long>().ToArray());
        var (negatives, counts) = (drawn.Negatives.data<long>().ToArray(), drawn.Counts.data<float>().ToArray());
        for (var i = 0; i < listeners.Length; i++)
        {
            var known = rows.Columns.AsSpan(rows.RangeOf((int)listeners[i]));
            Assert.True(known.Contains((int)positives[i]), $"draw {i}: listener {listeners[i]} does not know {positives[i]}");
            Assert.True(counts[i] == 0 || !known.Contains((int)negatives[i]), $"draw {i}: listener {listeners[i]} knows {negatives[i]}");
        }

        Assert.True(counts.Sum() > 0.99 * counts.Length, $"Expected nearly all of {counts.Length} draws to count, got {counts.Sum()}.");
    }

    [TorchFact]
    public void Draw_OfAListenerWhoKnowsEverything_DoesNotCount()
    {
        var rows = BinaryRows.Make(_ => [0, 1, 2], 4, 3);
        using var device = (TorchDevice)Open();
        using var draws = new Bpr.FactDraws(rows, 0.5, 9, device);
        using var scope = TorchSharp.torch.NewDisposeScope();
        Assert.All(draws.Draw(100).Counts.data<float>().ToArray(), count => Assert.Equal(0, count));
    }

    private static ITrainingDevice Open() => new TorchDeviceFactory().Open("cpu", "double");

    /// <summary>Mean −ln σ(s₊ − s₋) over all pairs of a known and an unknown track.</summary>
    private static double LossOf(IRanker ranker, SparseRows rows)
    {
        var scores = TwoCrowds.ScoresOf(ranker, rows);
        var (sum, count) = (0.0, 0);
        for (var row = 0; row < rows.RowCount; row++)
        {
            var known = rows.Columns.AsSpan(rows.RangeOf(row));
            var own = scores.AsSpan(row * rows.ColumnCount, rows.ColumnCount);
            foreach (var positive in known)
            {
                for (var track = 0; track < rows.ColumnCount; track++)
                {
                    if (!known.Contains(track))
                    {
                        sum += Math.Log(1 + Math.Exp(own[track] - own[positive]));
                        count++;
                    }
                }
            }
        }

        return sum / count;
    }
}
