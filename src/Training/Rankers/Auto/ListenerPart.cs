using Buddies.Training.Rankers.Neighbours;

namespace Buddies.Training.Rankers.Auto;

/// <summary>The nearest listeners: how they are found, how many are heard, and how loud popular tracks are.</summary>
internal sealed class ListenerPart : IAutoPart
{
    private static readonly double[] s_exponents = [0, 0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1];
    private static readonly double[] s_powers = [0.5, 1, 1.5, 2, 3];
    private static readonly double[] s_counts = [50, 100, 200, 400, 800, 1600];

    private const int Listeners = 1200;

    private ListenerNeighbourOptions _options = new();

    public string Name => "listenerknn";

    public IReadOnlyDictionary<string, double> Chosen => new SortedDictionary<string, double>
    {
        ["rarityExponent"] = _options.RarityExponent,
        ["lengthExponent"] = _options.LengthExponent,
        ["power"] = _options.Power,
        ["count"] = _options.Count,
        ["targetExponent"] = _options.TargetExponent,
    };

    public IRanker Search(RankerData data, ValidationJudge judge, RankerRun run)
    {
        run.Tell($"{Name}: nearest listeners");
        judge = judge.Thin(Listeners);
        var (point, score) = GridClimb.Climb(
            [s_exponents, s_exponents, s_powers, s_counts, s_exponents],
            [_options.RarityExponent, _options.LengthExponent, _options.Power, 400, _options.TargetExponent],
            p => judge.Judge(new ListenerNeighbours(data.Rows, data.Columns, Read(p))),
            this.TellPoint(run, "rarityExponent", "lengthExponent", "power", "count", "targetExponent"));
        _options = Read(point);
        run.Tell($"{Name}: {score:0.0000} with {string.Join(", ", Chosen.Select(pair => $"{pair.Key} {pair.Value}"))}");
        return Fit(data, run);
    }

    public IRanker Fit(RankerData data, RankerRun run) => new ListenerNeighbours(data.Rows, data.Columns, _options);

    private static ListenerNeighbourOptions Read(double[] point) => new(point[0], point[1], point[2], (int)point[3], point[4]);
}
