using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Rankers.Auto;

namespace Buddies.Training.Tests.Rankers;

public sealed class BlendSearchTests
{
    private const int Listeners = 200;
    private const int Tracks = 40;

    [Fact]
    public void Search_TwoHalvesOfTheTruth_BlendsThem()
    {
        // Each ranker knows the first or the second of what is hidden, and nothing of the other.
        var hidden = Hide();
        var choice = Make(hidden, [new Knows(hidden, 0), new Knows(hidden, 1)]).Search();
        Assert.All(choice.Weights, weight => Assert.True(weight > 0, $"Weights {string.Join(", ", choice.Weights)}."));
        Assert.True(choice.Gain.Low > 0, $"A gain of {choice.Gain}.");
    }

    [Fact]
    public void Search_NoiseBesideTheTruth_LeavesItOut()
    {
        var hidden = Hide();
        var choice = Make(hidden, [new Noise(), new Knows(hidden, 0, 1)]).Search();
        Assert.Equal([0, 1], choice.Weights);
        Assert.Equal(2, choice.Score.Value, 6);
    }

    private static int[][] Hide()
    {
        var random = new Random(4);
        return [.. Enumerable.Range(0, Listeners).Select(_ => random.GetItems(Enumerable.Range(0, Tracks).ToArray(), 20).Distinct().Take(2).ToArray())];
    }

    private static BlendSearch Make(int[][] hidden, IRanker[] rankers)
    {
        var facts = BinaryRows.Make(listener => [Array.FindIndex([.. Enumerable.Range(0, Tracks)], track => !hidden[listener].Contains(track))], Listeners, Tracks);
        var judge = new ValidationJudge(facts, Array.ConvertAll(hidden, tracks => tracks.Order().ToArray()), 2, TwoCrowds.Run());
        return new BlendSearch(judge, rankers, TwoCrowds.Run());
    }

    /// <summary>Scores some of a listener's hidden tracks 1, others by chance below.</summary>
    private sealed class Knows(int[][] hidden, params int[] places) : IRanker
    {
        public int TrackCount => Tracks;

        public void Score(SparseRows facts, int from, int count, Span<float> scores)
        {
            for (var row = 0; row < count; row++)
            {
                var random = new Random(from + row + places[0]);
                for (var track = 0; track < Tracks; track++)
                {
                    var known = places.Any(place => hidden[from + row][place] == track);
                    scores[(row * Tracks) + track] = known ? 1 : 0.4f * random.NextSingle();
                }
            }
        }
    }

    private sealed class Noise : IRanker
    {
        public int TrackCount => Tracks;

        public void Score(SparseRows facts, int from, int count, Span<float> scores)
        {
            var random = new Random(from);
            foreach (ref var score in scores)
            {
                score = random.NextSingle();
            }
        }
    }
}
