using Buddies.Training.Facts;
using Buddies.Training.Rankers.Ease;

namespace Buddies.Training.Rankers.Auto;

/// <summary>Regression on the whole catalogue in closed form: its strengths, then the exponents on either side.</summary>
internal sealed class EasePart : IAutoPart
{
    /// <summary>The most rows of the inverse: a search takes a dozen of them, each n³ multiplications.</summary>
    private const int MostRows = 6000;

    /// <summary>Its scores for listeners of one fact, as links are made of, walk all facts for each track: so many steps are minutes.</summary>
    private const double MostSteps = 1e11;

    private const int Listeners = 800;

    private static readonly double[] s_regularization = [10, 20, 50, 100, 200, 300, 500, 1000, 2000];
    private static readonly double[] s_ownShares = [0, 0.5, 1, 2, 4];
    private static readonly double[] s_listeners = [0, 0.3, 0.5, 0.7];
    private static readonly double[] s_exponents = [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5];

    private EaseOptions _options = new();
    private double _source = 0.1;
    private double _target = 0.1;

    public string Name => "ease";

    public IReadOnlyDictionary<string, double> Chosen => new SortedDictionary<string, double>
    {
        ["regularization"] = _options.Regularization,
        ["ownShare"] = _options.OwnShare,
        ["listenerExponent"] = _options.ListenerExponent,
        ["sourceExponent"] = _source,
        ["targetExponent"] = _target,
    };

    /// <summary>Whether the inverse is small enough to be taken again and again, and its scores are not too many.</summary>
    public static bool Fits(SparseRows rows) =>
        EaseTrainer.SideOf(rows) <= MostRows && (double)rows.ColumnCount * rows.EntryCount <= MostSteps;

    public IRanker Search(RankerData data, ValidationJudge judge, RankerRun run)
    {
        var quiet = run with { Progress = null };
        judge = judge.Thin(Listeners);
        run.Tell($"{Name}: strengths");
        var (strengths, _) = GridClimb.Climb(
            [s_regularization, s_ownShares, s_listeners],
            [_options.Regularization, 1, _options.ListenerExponent],
            p => judge.Judge(Scale(Solve(data, Read(p), quiet), data, _source, _target)),
            this.TellPoint(run, "regularization", "ownShare", "listenerExponent"));
        _options = Read(strengths);
        var solved = Solve(data, _options, quiet);
        var (scales, score) = GridClimb.Climb(
            [s_exponents, s_exponents],
            [_source, _target],
            p => judge.Judge(Scale(solved, data, p[0], p[1])),
            this.TellPoint(run, "sourceExponent", "targetExponent"));
        (_source, _target) = (scales[0], scales[1]);
        run.Tell($"{Name}: {score:0.0000} with {string.Join(", ", Chosen.Select(pair => $"{pair.Key} {pair.Value}"))}");
        return Scale(solved, data, _source, _target);
    }

    public IRanker Fit(RankerData data, RankerRun run) => Scale(Solve(data, _options, run), data, _source, _target);

    private static IRanker Solve(RankerData data, EaseOptions options, RankerRun run) => new EaseTrainer(options).Train(data.Rows, run);

    private static ScaledRanker Scale(IRanker solved, RankerData data, double source, double target) =>
        new(solved, Degrees.Power(data.TrackDegrees, -source), Degrees.Power(data.TrackDegrees, -target));

    private static EaseOptions Read(double[] point) => new() { Regularization = point[0], OwnShare = point[1], ListenerExponent = point[2] };
}
