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

    [Fact]
    public void Search_APartThatGrowsWithTheFacts_IsBroughtDown()
    {
        // The second of what is hidden is known as loudly as there are facts, from 1 to 5 of them, and so is noise beside it: as loud
        // as the first for few facts, over everything for many.
        var hidden = Hide();
        var choice = Make(hidden, [new Knows(hidden, 0), new Grows(hidden)], [false, true], listener => 1 + (listener % 5)).Search();
        Assert.All(choice.Weights, weight => Assert.True(weight > 0, $"Weights {string.Join(", ", choice.Weights)}."));
        Assert.True(choice.Exponent > 0, $"An exponent of {choice.Exponent}.");

        var never = Make(hidden, [new Knows(hidden, 0), new Grows(hidden)], null, listener => 1 + (listener % 5)).Search();
        Assert.Equal(0, never.Exponent);
        Assert.True(choice.Score.Value > never.Score.Value, $"{choice.Score} against {never.Score}.");
    }

    private static int[][] Hide()
    {
        var random = new Random(4);
        return [.. Enumerable.Range(0, Listeners).Select(_ => random.GetItems(Enumerable.Range(0, Tracks).ToArray(), 20).Distinct().Take(2).ToArray())];
    }

    private static BlendSearch Make(int[][] hidden, IRanker[] rankers, bool[]? isGrowing = null, Func<int, int>? countOf = null)
    {
        var facts = BinaryRows.Make(
            listener => [.. Enumerable.Range(0, Tracks).Where(track => !hidden[listener].Contains(track)).Take(countOf?.Invoke(listener) ?? 1)], Listeners, Tracks);
        var judge = new ValidationJudge(facts, Array.ConvertAll(hidden, tracks => tracks.Order().ToArray()), 2, TwoCrowds.Run());
        return new BlendSearch(judge, rankers, TwoCrowds.Run(), isGrowing);
    }

    /// <summary>The second of a listener's hidden tracks at 1, noise below, all of it times the cube of the listener's facts.</summary>
    private sealed class Grows(int[][] hidden) : IRanker
    {
        private readonly Knows _second = new(hidden, 1);

        public int TrackCount => Tracks;

        public void Score(SparseRows facts, int from, int count, Span<float> scores)
        {
            _second.Score(facts, from, count, scores);
            for (var row = 0; row < count; row++)
            {
                var loudness = MathF.Pow(facts.CountOf(from + row), 3);
                foreach (ref var score in scores.Slice(row * Tracks, Tracks))
                {
                    score *= loudness;
                }
            }
        }
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
