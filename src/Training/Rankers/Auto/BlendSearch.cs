using Buddies.Engine.Vectors;

namespace Buddies.Training.Rankers.Auto;

/// <summary>Chooses how loud each ranker is in a blend.</summary>
/// <remarks>
/// Scores are looked up once, for the tracks that some ranker has near its top; a blend is then judged in milliseconds.
/// </remarks>
internal sealed class BlendSearch
{
    /// <summary>Tracks of each ranker that are candidates.</summary>
    private const int Depth = 150;

    private static readonly double[] s_steps = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.75, 1, 1.3, 1.7, 2.2, 3];

    private readonly ValidationJudge _judge;
    private readonly int[][] _candidates;
    private readonly float[][][] _scores;
    private readonly RankerRun _run;

    public BlendSearch(ValidationJudge judge, IReadOnlyList<IRanker> rankers, RankerRun run)
    {
        _judge = judge;
        _run = run;
        _candidates = new int[judge.Hidden.Length][];
        var lists = rankers.Select(ranker => judge.List(ranker, Depth)).ToArray();
        for (var listener = 0; listener < _candidates.Length; listener++)
        {
            _candidates[listener] = [.. lists.SelectMany(list => list[listener]).Distinct().Order()];
        }

        _scores = [.. rankers.Select(ranker => judge.ScoresOf(ranker, _candidates))];
        Scales = [.. _scores.Select(MeanTop)];
        for (var i = 0; i < _scores.Length; i++)
        {
            foreach (var row in _scores[i])
            {
                System.Numerics.Tensors.TensorPrimitives.Multiply(row, Scales[i], row);
            }
        }
    }

    /// <summary>What brings each ranker to one scale: one over the mean of the listeners' best scores.</summary>
    public float[] Scales { get; }

    /// <summary>Climbs from each ranker alone, and takes the best of all.</summary>
    /// <returns>Weights on top of <see cref="Scales"/>, and what the judge said.</returns>
    public (double[] Weights, double Score) Search()
    {
        var alone = Enumerable.Range(0, _scores.Length).Select(Alone).ToArray();
        var leader = Array.IndexOf(alone, alone.Max());
        var weights = new double[_scores.Length];
        weights[leader] = 1;
        var best = alone[leader];
        for (var isMoving = true; isMoving;)
        {
            isMoving = false;
            for (var i = 0; i < weights.Length; i++)
            {
                var kept = weights[i];
                foreach (var step in s_steps)
                {
                    var tried = (double[])weights.Clone();
                    tried[i] = step;
                    var score = step == kept || tried.Sum() == 0 ? double.NegativeInfinity : Judge(tried);
                    if (score > best + 1e-6)
                    {
                        (best, weights, isMoving) = (score, tried, true);
                    }
                }
            }
        }

        return (weights, best);
    }

    /// <summary>One ranker alone.</summary>
    public double Alone(int ranker)
    {
        var weights = new double[_scores.Length];
        weights[ranker] = 1;
        return Judge(weights);
    }

    private double Judge(double[] weights)
    {
        var values = new double[_candidates.Length];
        Parallel.For(0, values.Length, _run.Parallel, listener =>
        {
            Span<int> found = stackalloc int[_judge.K];
            Span<float> room = stackalloc float[_judge.K];
            var top = new TopK(found, room);
            var candidates = _candidates[listener];
            for (var c = 0; c < candidates.Length; c++)
            {
                var sum = 0.0;
                for (var i = 0; i < weights.Length; i++)
                {
                    sum += weights[i] * _scores[i][listener][c];
                }

                top.Offer(candidates[c], (float)sum);
            }

            values[listener] = _judge.JudgeList(listener, found[..top.Sort()]);
        });
        return values.Average();
    }

    private static float MeanTop(float[][] scores)
    {
        var tops = scores.Where(row => row.Length > 0).Select(row => row.Max()).Where(top => top > 0).DefaultIfEmpty(1f);
        return 1 / tops.Average();
    }
}
