using Buddies.Engine.Bandits;
using Buddies.Engine.Judging;

namespace Buddies.Engine.Tests.Judging;

/// <summary>Logs of a world whose truth is known: intervals must cover it as often as they say.</summary>
public sealed class CoverageTests
{
    private const int Trials = 200;
    private const int Arms = 5;
    private const int Features = 4;

    [Fact]
    public void Judge_TwoHundredTrials_SnipsAndDoublyRobustCoverTheTruth()
    {
        var (snips, robust, ips) = (0, 0, 0);
        for (var trial = 0; trial < Trials; trial++)
        {
            var world = new World(trial);
            var judgement = PolicyJudge.Judge(world.Log(units: 400, perUnit: 3), new JudgeOptions { Resamples = 300, Seed = (ulong)trial });
            Assert.Null(judgement.Refusal);
            Assert.InRange(judgement.MeanWeight, 0.7, 1.3);
            snips += Covers(judgement.Snips, world.Truth);
            robust += Covers(judgement.DoublyRobust, world.Truth);
            ips += Covers(judgement.Ips, world.Truth);
        }

        Assert.True(snips >= 0.9 * Trials && robust >= 0.9 * Trials, $"Of {Trials} trials, SNIPS covered {snips}, DR {robust} (IPS {ips}); expected 90 % of each.");
    }

    [Fact]
    public void Judge_TwoHundredTrials_DoublyRobustIsNarrowerThanIps()
    {
        var (robust, ips) = (0.0, 0.0);
        for (var trial = 0; trial < 20; trial++)
        {
            var judgement = PolicyJudge.Judge(new World(trial).Log(400, 3), new JudgeOptions { Resamples = 200 });
            robust += judgement.DoublyRobust.High - judgement.DoublyRobust.Low;
            ips += judgement.Ips.High - judgement.Ips.Low;
        }

        Assert.True(robust < ips, $"Expected narrower intervals than IPS's {ips / 20:0.0000}, got {robust / 20:0.0000}.");
    }

    [Fact]
    public void Cascade_TwoHundredTrials_CoversTheTruth()
    {
        // Four places; the listener reads on with probability 0.7 and clicks by the item's appeal.
        double[] appeals = [0.05, 0.15, 0.3, 0.5];
        var covered = 0;
        var truth = ListTruth(appeals, sharpness: 3);
        for (var trial = 0; trial < Trials; trial++)
        {
            var draws = new Draws((ulong)trial);
            var lists = new List<LoggedList>();
            for (var i = 0; i < 600; i++)
            {
                lists.Add(LogList(i, appeals, ref draws));
            }

            covered += Covers(CascadeJudge.Judge(lists, new JudgeOptions { Resamples = 100, Seed = (ulong)trial }).Cascade, truth);
        }

        Assert.True(covered >= 0.9 * Trials, $"Of {Trials} trials {covered} covered {truth:0.000}; expected 90 %.");
    }

    private static int Covers(Estimate estimate, double truth) => estimate.Low <= truth && truth <= estimate.High ? 1 : 0;

    private static LoggedList LogList(int unit, double[] appeals, ref Draws draws)
    {
        var left = Enumerable.Range(0, appeals.Length).ToList();
        var steps = new List<ListStep>();
        var isReading = true;
        while (left.Count > 0)
        {
            var target = Softmax(left, appeals, sharpness: 3);
            var place = (int)(draws.NextDouble() * left.Count);
            var item = left[place];
            var isClicked = isReading && draws.NextDouble() < appeals[item];
            steps.Add(new ListStep(isClicked ? 1 : 0, 1.0 / left.Count, target[place], isReading));
            isReading &= !isClicked && draws.NextDouble() < 0.7;
            left.RemoveAt(place);
        }

        return new LoggedList(unit, steps);
    }

    /// <summary>The chance of a click, over all orders.</summary>
    private static double ListTruth(double[] appeals, double sharpness)
    {
        return Walk([.. Enumerable.Range(0, appeals.Length)]);

        double Walk(List<int> left)
        {
            var target = left.Count == 0 ? [] : Softmax(left, appeals, sharpness);
            var value = 0.0;
            for (var i = 0; i < left.Count; i++)
            {
                var rest = left.Where((_, j) => j != i).ToList();
                value += target[i] * (appeals[left[i]] + ((1 - appeals[left[i]]) * 0.7 * Walk(rest)));
            }

            return value;
        }
    }

    private static double[] Softmax(List<int> items, double[] values, double sharpness)
    {
        var weights = items.Select(item => Math.Exp(sharpness * values[item])).ToArray();
        return [.. weights.Select(weight => weight / weights.Sum())];
    }

    /// <summary>Contexts with five arms; rewards are coins whose chances are no linear function of the features, so that the model is wrong.</summary>
    private sealed class World
    {
        private readonly Random _random;
        private readonly double[] _weights;

        public World(int seed)
        {
            _random = new Random(seed);
            _weights = [.. Enumerable.Range(0, Features).Select(_ => _random.NextDouble() - 0.5)];
            var sum = 0.0;
            const int Contexts = 20_000;
            var draws = new Random(seed + 1_000_000);
            for (var i = 0; i < Contexts; i++)
            {
                var arms = Draw(draws);
                var target = Target(arms);
                sum += arms.Select((x, a) => target[a] * Chance(x)).Sum();
            }

            Truth = sum / Contexts;
        }

        public double Truth { get; }

        public LoggedChoice[] Log(int units, int perUnit)
        {
            var (features, rewards, owners, contexts) = (new List<float[]>(), new List<double>(), new List<int>(), new List<(float[][] Arms, int Drawn, double Propensity)>());
            for (var i = 0; i < units * perUnit; i++)
            {
                var arms = Draw(_random);
                var propensities = arms.Select(x => 0.5 + x[1]).ToArray();
                propensities = [.. propensities.Select(p => p / propensities.Sum())];
                var drawn = new Draws((ulong)_random.NextInt64()).NextPlace(propensities);
                features.Add(arms[drawn]);
                rewards.Add(_random.NextDouble() < Chance(arms[drawn]) ? 1 : 0);
                owners.Add(i / perUnit);
                contexts.Add((arms, drawn, propensities[drawn]));
            }

            var model = RewardModel.Learn(features, rewards.ToArray(), owners.ToArray());
            return [.. contexts.Select((context, i) =>
            {
                var target = Target(context.Arms);
                return new LoggedChoice(
                    owners[i],
                    rewards[i],
                    context.Propensity,
                    target[context.Drawn],
                    model.Predict(context.Arms[context.Drawn], owners[i]),
                    context.Arms.Select((x, a) => target[a] * model.Predict(x, owners[i])).Sum());
            })];
        }

        private static float[][] Draw(Random random) =>
            [.. Enumerable.Range(0, Arms).Select(_ => (float[])[1, random.NextSingle(), random.NextSingle(), random.NextSingle()])];

        private static double[] Target(float[][] arms)
        {
            var weights = arms.Select(x => Math.Exp(2 * x[2])).ToArray();
            return [.. weights.Select(weight => weight / weights.Sum())];
        }

        private double Chance(float[] x)
        {
            var score = x.Select((value, i) => value * _weights[i]).Sum();
            return 1 / (1 + Math.Exp(-3 * score * score - score + 1));
        }
    }
}
