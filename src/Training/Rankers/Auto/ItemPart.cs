using Buddies.Training.Rankers.Neighbours;

namespace Buddies.Training.Rankers.Auto;

/// <summary>Item neighbours: the exponents on either side of the co-occurrence, its power, and how many neighbours count (0 for all).</summary>
/// <param name="isLinear">Whether the matrix stays whole and unraised, as a linear graph filter has it.</param>
internal sealed class ItemPart(bool isLinear = false) : IAutoPart
{
    private static readonly double[] s_exponents = [.. Enumerable.Range(0, 13).Select(i => i / 10.0)];
    private static readonly double[] s_powers = [0.5, 0.7, 0.85, 1, 1.2, 1.5];
    private static readonly int[] s_kept = [50, 100, 200, 400, 800];

    private const int Listeners = 1500;

    private double _listener;
    private double _source;
    private double _target;
    private double _power = 1;
    private int _kept = int.MaxValue;

    public string Name => isLinear ? "linear" : "itemknn";

    public IReadOnlyDictionary<string, double> Chosen => new SortedDictionary<string, double>
    {
        ["listenerExponent"] = _listener,
        ["sourceExponent"] = _source,
        ["targetExponent"] = _target,
        ["power"] = _power,
        ["kept"] = _kept == int.MaxValue ? 0 : _kept,
    };

    public IRanker Search(RankerData data, ValidationJudge judge, RankerRun run)
    {
        judge = judge.Thin(Listeners);
        var best = double.NegativeInfinity;
        double[] start = [0.3, 0.3, 1];
        foreach (var listener in (ReadOnlySpan<double>)[0.5, 1])
        {
            run.Tell($"{Name}: neighbours with listener exponent {listener}");
            var raised = (Power: double.NaN, Ranker: (ItemNeighbours?)null);
            var (point, score) = GridClimb.Climb([s_exponents, s_exponents, isLinear ? [1] : s_powers], start, p =>
            {
                if (raised.Power != p[2])
                {
                    raised = (p[2], Make(data, listener, 0, 0, p[2], run));
                }

                return judge.Judge(raised.Ranker!.Scale(Degrees.Power(data.TrackDegrees, -p[0]), Degrees.Power(data.TrackDegrees, -p[1])));
            }, this.TellPoint(run, "sourceExponent", "targetExponent", "power"));
            if (score > best)
            {
                (best, start) = (score, point);
                (_listener, _source, _target, _power) = (listener, point[0], point[1], point[2]);
            }
        }

        var whole = Make(data, _listener, _source, _target, _power, run);
        var ranker = whole;
        foreach (var kept in isLinear ? [] : s_kept)
        {
            var fewer = whole.Keep(kept, run);
            var score = judge.Judge(fewer);
            if (score > best)
            {
                (best, ranker, _kept) = (score, fewer, kept);
            }
        }

        run.Tell($"{Name}: {best:0.0000} with {string.Join(", ", Chosen.Select(pair => $"{pair.Key} {pair.Value}"))}");
        return ranker;
    }

    public IRanker Fit(RankerData data, RankerRun run)
    {
        var whole = Make(data, _listener, _source, _target, _power, run);
        return _kept == int.MaxValue ? whole : whole.Keep(_kept, run);
    }

    private static ItemNeighbours Make(RankerData data, double listener, double source, double target, double power, RankerRun run)
    {
        var counts = data.Count(listener, run);
        return new ItemNeighbours(
            counts.Columns,
            ItemNeighbours.Raise(counts.Values, power, run),
            Degrees.Power(data.TrackDegrees, -source),
            Degrees.Power(data.TrackDegrees, -target));
    }
}
