using Buddies.Training.Rankers.Factors;

namespace Buddies.Training.Rankers.Auto;

/// <summary>Implicit ALS: what is unobserved and how strong the regularization is, chosen on short factors; then how long they are.</summary>
internal sealed class AlsPart : IAutoPart
{
    private const int SearchDimension = 32;
    private const int SearchEpochs = 5;
    private const int Listeners = 1500;

    private static readonly double[] s_unobserved = [0.003, 0.01, 0.03, 0.1, 0.3, 1];
    private static readonly double[] s_regularization = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];

    /// <summary>What all epochs of one training may cost, in rows · d³: about five minutes on two cores.</summary>
    private const double MostOperations = 1.2e13;

    /// <summary>Longer factors than one number for so many listeners follow chance.</summary>
    private const int RowsPerDimension = 14;

    private static readonly double[] s_dimensions = [64, 128, 256];

    private AlsRankerOptions _options = new() { Als = new() { Dimension = 128, Epochs = 8 } };

    public string Name => "als";

    public IReadOnlyDictionary<string, double> Chosen => new SortedDictionary<string, double>
    {
        ["dimension"] = _options.Als.Dimension,
        ["epochs"] = _options.Als.Epochs,
        ["unobservedWeight"] = _options.Als.UnobservedWeight,
        ["regularization"] = _options.Als.Regularization,
    };

    public IRanker Search(RankerData data, ValidationJudge judge, RankerRun run)
    {
        var thin = judge.Thin(Listeners);
        var quiet = run with { Progress = null };
        run.Tell($"{Name}: strengths");
        var (point, _) = GridClimb.Climb([s_unobserved, s_regularization], [0.3, _options.Als.Regularization], p =>
        {
            var tried = Read(p);
            tried = tried with { Als = tried.Als with { Dimension = SearchDimension, Epochs = SearchEpochs } };
            return thin.Judge(new AlsRankerTrainer(tried).Train(data.Rows, quiet));
        }, this.TellPoint(run, $"dimension {SearchDimension}, epochs {SearchEpochs}, unobservedWeight", "regularization"));
        _options = Read(point);
        var best = (Score: double.NegativeInfinity, Ranker: (IRanker?)null);
        var (dimension, _) = GridClimb.Climb([DimensionsFor(data)], [_options.Als.Dimension], p =>
        {
            var tried = (Score: 0.0, Ranker: new AlsRankerTrainer(Lengthen(p[0])).Train(data.Rows, quiet));
            tried.Score = thin.Judge(tried.Ranker);
            best = tried.Score > best.Score ? tried : best;
            return tried.Score;
        }, this.TellPoint(run, "dimension"));
        _options = Lengthen(dimension[0]);
        run.Tell($"{Name}: {best.Score:0.0000} with {string.Join(", ", Chosen.Select(pair => $"{pair.Key} {pair.Value}"))}");
        return best.Ranker!;
    }

    public IRanker Fit(RankerData data, RankerRun run) => new AlsRankerTrainer(_options).Train(data.Rows, run);

    private double[] DimensionsFor(RankerData data) =>
        [.. s_dimensions.Where(d => d == s_dimensions[0]
            || (d * RowsPerDimension <= data.Rows.RowCount
                && (data.Rows.RowCount + (double)data.Columns.RowCount) * d * d * d * _options.Als.Epochs <= MostOperations))];

    private AlsRankerOptions Lengthen(double dimension) => _options with { Als = _options.Als with { Dimension = (int)dimension } };

    private AlsRankerOptions Read(double[] point) =>
        _options with { Als = _options.Als with { UnobservedWeight = point[0], Regularization = point[1] } };
}
