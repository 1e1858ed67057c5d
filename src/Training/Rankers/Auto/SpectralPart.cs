using Buddies.Training.Rankers.Spectral;

namespace Buddies.Training.Rankers.Auto;

/// <summary>The low-pass part of a graph filter: how many components pass, how, and the exponents on either side.</summary>
internal sealed class SpectralPart : IAutoPart
{
    private const int MostComponents = 1024;
    private const int Listeners = 800;

    /// <summary>Listeners times tracks that a point of the grid is judged by, where there are so many tracks that it would take minutes; of 300 listeners at least.</summary>
    private const int MostScores = 40_000_000;

    /// <summary>More components than one for so many listeners are noise.</summary>
    private const int RowsPerComponent = 6;

    private static readonly double[] s_components = [32, 64, 128, 256, 384, 512, 768, MostComponents];
    private static readonly double[] s_filters = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3];
    private static readonly double[] s_exponents = [-0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];

    private SpectralOptions _options = new();

    public string Name => "lowpass";

    public IReadOnlyDictionary<string, double> Chosen => new SortedDictionary<string, double>
    {
        ["components"] = _options.Components,
        ["filterExponent"] = _options.FilterExponent,
        ["sourceExponent"] = _options.SourceExponent,
        ["targetExponent"] = _options.TargetExponent,
    };

    public IRanker Search(RankerData data, ValidationJudge judge, RankerRun run)
    {
        var most = Math.Clamp(Math.Min(data.Rows.RowCount, data.Columns.RowCount) / RowsPerComponent, 32, MostComponents);
        var basis = MakeBasis(data, most, run);
        run.Tell($"{Name}: filters");
        judge = judge.Thin(Math.Clamp(MostScores / data.Columns.RowCount, 300, Listeners));
        var (point, score) = GridClimb.Climb(
            [[.. s_components.Where(count => count <= most)], s_filters, s_exponents, s_exponents],
            [_options.Components, _options.FilterExponent, _options.SourceExponent, _options.TargetExponent],
            p => judge.Judge(new SpectralRanker(basis, Read(p))),
            this.TellPoint(run, "components", "filterExponent", "sourceExponent", "targetExponent"));
        _options = Read(point);
        run.Tell($"{Name}: {score:0.0000} with {string.Join(", ", Chosen.Select(pair => $"{pair.Key} {pair.Value}"))}");
        return new SpectralRanker(basis, _options);
    }

    public IRanker Fit(RankerData data, RankerRun run) => new SpectralRanker(MakeBasis(data, _options.Components, run), _options);

    private static SpectralBasis MakeBasis(RankerData data, int components, RankerRun run) =>
        SpectralBasis.Make(data.Rows, data.Columns, components, 0.5, 0.5, run);

    private static SpectralOptions Read(double[] point) => new((int)point[0], point[1], point[2], point[3]);
}
