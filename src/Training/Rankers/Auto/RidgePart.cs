using Buddies.Training.Rankers.Neighbours;

namespace Buddies.Training.Rankers.Auto;

/// <summary>Ridge regression on fixed supports: how strong the ridge is, and the exponents on either side.</summary>
internal sealed class RidgePart : IAutoPart
{
    private const int SearchSupport = 48;
    private const int Support = 192;

    private static readonly double[] s_listener = [0, 0.25, 0.5, 0.75, 1];
    private static readonly double[] s_ridges = [0.1, 0.3, 1, 3, 10];
    private static readonly double[] s_shares = [0, 0.1, 0.3, 1];
    private static readonly double[] s_exponents = [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5];

    private double _listener = 0.5;
    private double _source;
    private double _target;
    private RidgeOptions _options = new() { Support = Support };

    public string Name => "ridge";

    public IReadOnlyDictionary<string, double> Chosen => new SortedDictionary<string, double>
    {
        ["listenerExponent"] = _listener,
        ["sourceExponent"] = _source,
        ["targetExponent"] = _target,
        ["ridge"] = _options.Ridge,
        ["ownShare"] = _options.OwnShare,
        ["support"] = _options.Support,
    };

    public IRanker Search(RankerData data, ValidationJudge judge, RankerRun run)
    {
        run.Tell($"{Name}: strengths");
        var (point, _) = GridClimb.Climb(
            [s_listener, s_ridges, s_shares],
            [_listener, _options.Ridge, _options.OwnShare],
            p => judge.Judge(Solve(data, p[0], _options with { Support = SearchSupport, Ridge = p[1], OwnShare = p[2] }, run)));
        _listener = point[0];
        _options = _options with { Ridge = point[1], OwnShare = point[2] };
        var solved = Solve(data, _listener, _options, run);
        var (scales, score) = GridClimb.Climb([s_exponents, s_exponents], [0, 0], p => judge.Judge(Scale(solved, data, p[0], p[1])));
        (_source, _target) = (scales[0], scales[1]);
        run.Tell($"{Name}: {score:0.0000} with {string.Join(", ", Chosen.Select(pair => $"{pair.Key} {pair.Value}"))}");
        return Scale(solved, data, _source, _target);
    }

    public IRanker Fit(RankerData data, RankerRun run) => Scale(Solve(data, _listener, _options, run), data, _source, _target);

    private static ItemNeighbours Solve(RankerData data, double listener, RidgeOptions options, RankerRun run) =>
        RidgeNeighbours.Solve(data.Count(listener, run), data.TrackDegrees, options, run);

    private static ItemNeighbours Scale(ItemNeighbours solved, RankerData data, double source, double target) =>
        solved.Scale(Degrees.Power(data.TrackDegrees, -source), Degrees.Power(data.TrackDegrees, -target));
}
