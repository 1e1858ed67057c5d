using Buddies.Engine.Vectors;
using Buddies.Training.Evaluation;

namespace Buddies.Training.Rankers.Auto;

/// <summary>Chooses how loud each ranker is in a blend.</summary>
/// <remarks>
/// Scores are looked up once, for the tracks that some ranker has near its top; a blend is then judged in milliseconds.
/// </remarks>
internal sealed class BlendSearch
{
    /// <summary>Tracks of each ranker that are candidates, and no fewer than the places that count.</summary>
    private const int LeastDepth = 150;

    private const int BlockRows = 16;

    /// <summary>What a step must be worth: less would follow chance, and let parts in that cost more than they bring.</summary>
    private const double LeastGain = 1e-4;

    private static readonly double[] s_steps = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.75, 1, 1.3, 1.7, 2.2, 3];

    /// <summary>How far parts that grow with a listener's facts are brought down.</summary>
    private static readonly double[] s_exponents = [0, 0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1];

    private readonly ValidationJudge _judge;
    private readonly int[][] _candidates;
    private readonly float[][][] _scores;
    private readonly RankerRun _run;
    private readonly bool[] _isGrowing;
    private readonly double[] _masses;

    /// <summary>Looks the scores up.</summary>
    /// <param name="judge">Who judges.</param>
    /// <param name="rankers">One or more.</param>
    /// <param name="run">Threads, seed and cancellation.</param>
    /// <param name="isGrowing">Which of them grow with the mass of a listener's facts, and may be divided by a power of it; null for none.</param>
    public BlendSearch(ValidationJudge judge, IReadOnlyList<IRanker> rankers, RankerRun run, bool[]? isGrowing = null)
    {
        _isGrowing = isGrowing ?? new bool[rankers.Count];
        _masses = [.. Enumerable.Range(0, judge.Facts.RowCount).Select(row => (double)System.Numerics.Tensors.TensorPrimitives.Sum(judge.Facts.Confidences.AsSpan(judge.Facts.RangeOf(row))))];
        MeanMass = _masses.DefaultIfEmpty(1).Average();
        _judge = judge;
        _run = run;
        _candidates = new int[judge.Hidden.Length][];
        _scores = [.. rankers.Select(_ => new float[_candidates.Length][])];
        var trackCount = rankers[0].TrackCount;
        Parallel.For(0, (_candidates.Length + BlockRows - 1) / BlockRows, run.Parallel, () => new float[rankers.Count * BlockRows * trackCount], (block, _, room) =>
        {
            var from = block * BlockRows;
            var count = Math.Min(BlockRows, _candidates.Length - from);
            for (var i = 0; i < rankers.Count; i++)
            {
                rankers[i].Score(judge.Facts, from, count, room.AsSpan(i * BlockRows * trackCount, count * trackCount));
            }

            for (var row = 0; row < count; row++)
            {
                LookUp(from + row, room, row * trackCount, BlockRows * trackCount, trackCount);
            }

            return room;
        }, _ => { });
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

    /// <summary>m̄: mean of Σ x over the listeners; a growing part is multiplied by (m/m̄)^−β.</summary>
    public double MeanMass { get; }

    /// <summary>Climbs from the ranker that is best alone, and stays there unless the blend is surely better.</summary>
    /// <returns>Weights on top of <see cref="Scales"/>, what the judge said, and how much better that is than the best ranker alone.</returns>
    public BlendChoice Search()
    {
        var alone = Enumerable.Range(0, _scores.Length).Select(i => ValuesOf(Only(i), 0)).ToArray();
        var leader = Enumerable.Range(0, alone.Length).MaxBy(i => alone[i].Average());
        var (weights, exponent) = Climb(Only(leader), alone[leader].Average());
        var values = ValuesOf(weights, exponent);
        var gain = Bootstrap.Mean([.. values.Zip(alone[leader], (blend, best) => blend - best)], _run.Seed);
        return gain.Low > 0
            ? new BlendChoice(weights, exponent, Bootstrap.Mean(values, _run.Seed), gain, leader)
            : new BlendChoice(Only(leader), 0, Bootstrap.Mean(alone[leader], _run.Seed), gain, leader);
    }

    private (double[] Weights, double Exponent) Climb(double[] weights, double best)
    {
        var exponent = 0.0;
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
                    var score = step == kept || tried.Sum() == 0 ? double.NegativeInfinity : Judge(tried, exponent);
                    if (score > best + LeastGain)
                    {
                        (best, weights, isMoving) = (score, tried, true);
                    }
                }
            }

            // With one part alone it changes no order.
            foreach (var tried in _isGrowing.Contains(true) && weights.Count(weight => weight > 0) > 1 ? s_exponents : [])
            {
                var score = tried == exponent ? double.NegativeInfinity : Judge(weights, tried);
                if (score > best + LeastGain)
                {
                    (best, exponent, isMoving) = (score, tried, true);
                }
            }
        }

        return (weights, exponent);
    }

    private double[] Only(int ranker)
    {
        var weights = new double[_scores.Length];
        weights[ranker] = 1;
        return weights;
    }

    /// <summary>Takes the top of each ranker for one listener, and every ranker's scores of them all.</summary>
    private void LookUp(int listener, float[] room, int at, int stride, int trackCount)
    {
        var union = new SortedSet<int>();
        for (var i = 0; i < _scores.Length; i++)
        {
            union.UnionWith(RankedLists.Best(room.AsSpan(at + (i * stride), trackCount), _judge.Facts.Columns.AsSpan(_judge.Facts.RangeOf(listener)), Math.Max(LeastDepth, _judge.K)));
        }

        int[] candidates = [.. union];
        _candidates[listener] = candidates;
        for (var i = 0; i < _scores.Length; i++)
        {
            _scores[i][listener] = Array.ConvertAll(candidates, track => room[at + (i * stride) + track]);
        }
    }

    private double Judge(double[] weights, double exponent) => ValuesOf(weights, exponent).Average();

    private double[] ValuesOf(double[] weights, double exponent)
    {
        var values = new double[_candidates.Length];
        Parallel.For(0, values.Length, _run.Parallel, listener =>
        {
            Span<int> found = stackalloc int[_judge.K];
            Span<float> room = stackalloc float[_judge.K];
            var top = new TopK(found, room);
            var candidates = _candidates[listener];
            var shrink = exponent == 0 ? 1 : Math.Pow(Math.Max(_masses[listener], 1e-6) / MeanMass, -exponent);
            for (var c = 0; c < candidates.Length; c++)
            {
                var sum = 0.0;
                for (var i = 0; i < weights.Length; i++)
                {
                    sum += weights[i] * (_isGrowing[i] ? shrink : 1) * _scores[i][listener][c];
                }

                top.Offer(candidates[c], (float)sum);
            }

            values[listener] = _judge.JudgeList(listener, found[..top.Sort()]);
        });
        return values;
    }

    private static float MeanTop(float[][] scores)
    {
        var tops = scores.Where(row => row.Length > 0).Select(row => row.Max()).Where(top => top > 0).DefaultIfEmpty(1f);
        return 1 / tops.Average();
    }
}

/// <summary>What a search of weights came to.</summary>
/// <param name="Weights">One for each ranker, after <see cref="BlendSearch.Scales"/>.</param>
/// <param name="Exponent">β of the growing parts.</param>
/// <param name="Score">Recall + NDCG of the choice, with its interval over the validation listeners.</param>
/// <param name="Gain">What the blend had over the best ranker alone, listener by listener; it is chosen when the lower end is above 0.</param>
/// <param name="Leader">The best ranker alone.</param>
internal sealed record BlendChoice(double[] Weights, double Exponent, MeanInterval Score, MeanInterval Gain, int Leader);
