using Buddies.Training.Rankers.Neighbours;

namespace Buddies.Training.Rankers.Auto;

/// <summary>Ridge regression on fixed supports: how strong the ridge is, chosen on small supports, and the exponents on either side.</summary>
internal sealed class RidgePart : IAutoPart
{
    private const int SearchSupport = 40;
    private const int Support = 160;
    private const int Listeners = 1500;

    private static readonly double[] s_ridges = [0.3, 1, 3, 10, 30, 100];
    private static readonly double[] s_exponents = [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5];

    /// <summary>γ: the same as item neighbours begin with, so that the counts are there.</summary>
    private const double Listener = 0.5;

    private double _source;
    private double _target;
    private RidgeOptions _options = new() { Support = Support, Ridge = 10 };

    public string Name => "ridge";

    public IReadOnlyDictionary<string, double> Chosen => new SortedDictionary<string, double>
    {
        ["listenerExponent"] = Listener,
        ["sourceExponent"] = _source,
        ["targetExponent"] = _target,
        ["ridge"] = _options.Ridge,
        ["ownShare"] = _options.OwnShare,
        ["support"] = _options.Support,
    };

    public IRanker Search(RankerData data, ValidationJudge judge, RankerRun run)
    {
        run.Tell($"{Name}: strengths");
        judge = judge.Thin(Listeners);
        var (point, _) = GridClimb.Climb(
            [s_ridges],
            [_options.Ridge],
            p => judge.Judge(Solve(data, _options with { Support = SearchSupport, Ridge = p[0] }, run)),
            this.TellPoint(run, $"support {SearchSupport}, ridge"));
        _options = _options with { Ridge = point[0] };
        var solved = Solve(data, _options, run);
        var (scales, score) = GridClimb.Climb(
            [s_exponents, s_exponents],
            [0, 0],
            p => judge.Judge(Scale(solved, data, p[0], p[1])),
            this.TellPoint(run, $"support {Support}, ridge {_options.Ridge}, sourceExponent", "targetExponent"));
        (_source, _target) = (scales[0], scales[1]);
        run.Tell($"{Name}: {score:0.0000} with {string.Join(", ", Chosen.Select(pair => $"{pair.Key} {pair.Value}"))}");
        return Scale(solved, data, _source, _target);
    }

    public IRanker Fit(RankerData data, RankerRun run) => Scale(Solve(data, _options, run), data, _source, _target);

    private static ItemNeighbours Solve(RankerData data, RidgeOptions options, RankerRun run) =>
        RidgeNeighbours.Solve(data.Count(Listener, run), data.TrackDegrees, options, run);

    private static ItemNeighbours Scale(ItemNeighbours solved, RankerData data, double source, double target) =>
        solved.Scale(Degrees.Power(data.TrackDegrees, -source), Degrees.Power(data.TrackDegrees, -target));
}
