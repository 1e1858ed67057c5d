using System.Globalization;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Auto;

/// <summary>
/// Chooses parameters of some rankers, and how loud each is in a blend, on a validation split carved from the rows it is
/// given, and trains them again on all rows. What is to be found later takes no part.
/// </summary>
public sealed class AutoTrainer : IChoosingTrainer
{
    private readonly Func<SparseRows, IAutoPart[]> _makeParts;
    private readonly int _k;
    private readonly double _hiddenShare;

    private AutoTrainer(string name, int k, double hiddenShare, Func<SparseRows, IAutoPart[]> makeParts)
    {
        Name = name;
        _k = k;
        _hiddenShare = hiddenShare;
        _makeParts = makeParts;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Everything, also what no snapshot can hold: neighbours of tracks and of listeners, regressions, graph filter and factors; EASE where its inverse is small.</summary>
    /// <param name="k">Places that count when parameters are chosen.</param>
    /// <param name="hiddenShare">Share of the validation listeners' facts that is hidden, above 0 and below 1.</param>
    public static AutoTrainer Everything(int k, double hiddenShare) => new(
        "blend", k, hiddenShare, rows => [new ItemPart(), new ListenerPart(), new SpectralPart(), new RidgePart(), .. EasePart.Fits(rows) ? [new EasePart()] : (IAutoPart[])[], new AlsPart()]);

    /// <summary>Item neighbours alone.</summary>
    public static AutoTrainer ItemNeighbours(int k, double hiddenShare) => new("itemknn", k, hiddenShare, _ => [new ItemPart()]);

    /// <summary>Listener neighbours alone.</summary>
    public static AutoTrainer ListenerNeighbours(int k, double hiddenShare) => new("listenerknn", k, hiddenShare, _ => [new ListenerPart()]);

    /// <summary>A graph filter: the linear part and the low-pass part.</summary>
    public static AutoTrainer Spectral(int k, double hiddenShare) => new("spectral", k, hiddenShare, _ => [new ItemPart(isLinear: true), new SpectralPart()]);

    /// <summary>Regression on fixed supports alone.</summary>
    public static AutoTrainer Ridge(int k, double hiddenShare) => new("ridge", k, hiddenShare, _ => [new RidgePart()]);

    /// <inheritdoc/>
    public IRanker Train(SparseRows rows, RankerRun run) => Choose(rows, run).Ranker;

    /// <inheritdoc/>
    public AutoResult Choose(SparseRows rows, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(run);
        var parts = _makeParts(rows);
        var (weights, scales, validation) = Search(parts, rows, run);
        var data = new RankerData(rows);
        var chosen = new List<(IRanker, float)>();
        for (var i = 0; i < parts.Length; i++)
        {
            if (weights[i] > 0)
            {
                run.Tell($"{parts[i].Name}: on all rows");
                chosen.Add((parts[i].Fit(data, run), (float)(weights[i] * scales[i])));
            }
        }

        // Too quiet to change an order, but whoever has no facts, or none that leads anywhere, is shown what is popular.
        chosen.Add((new PopularityRanker(rows), 1e-9f / Math.Max(1, data.TrackDegrees.Max())));
        var described = parts.Select((part, i) => new AutoPartChoice(part.Name, weights[i], part.Chosen)).ToArray();
        return new AutoResult(new BlendRanker(chosen), validation, described);
    }

    private (double[] Weights, float[] Scales, double Validation) Search(IAutoPart[] parts, SparseRows rows, RankerRun run)
    {
        var (training, judge) = ValidationJudge.Carve(rows, _hiddenShare, ValidationJudge.Listeners, _k, run);
        var data = new RankerData(training);
        var rankers = parts.Select(part => part.Search(data, judge, run)).ToArray();
        run.Tell("blend: weights");
        var search = new BlendSearch(judge, rankers, run);
        var choice = search.Search();
        run.Tell(string.Create(
            CultureInfo.InvariantCulture,
            $"blend: {choice.Score.Value:0.0000} ({choice.Score.Low:0.0000} to {choice.Score.High:0.0000}) on {judge.Hidden.Length} listeners, {choice.Gain.Value:0.0000} ({choice.Gain.Low:0.0000} to {choice.Gain.High:0.0000}) over {parts[choice.Leader].Name} alone: {string.Join(", ", parts.Select((part, i) => $"{part.Name} {choice.Weights[i]}"))}"));
        return (choice.Weights, search.Scales, choice.Score.Value);
    }
}

/// <summary>A trainer that chooses parameters, and tells which.</summary>
public interface IChoosingTrainer : IRankerTrainer
{
    /// <summary>Trains, and tells what was chosen.</summary>
    AutoResult Choose(SparseRows rows, RankerRun run);
}

/// <summary>What the search came to.</summary>
/// <param name="Ranker">Trained on all rows.</param>
/// <param name="Validation">Recall + NDCG on the validation split.</param>
/// <param name="Parts">What was chosen of each part.</param>
public sealed record AutoResult(IRanker Ranker, double Validation, IReadOnlyList<AutoPartChoice> Parts);

/// <summary>What was chosen of one ranker.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">How loud it is, after all have been brought to one scale; 0 leaves it out.</param>
/// <param name="Parameters">Its parameters.</param>
public sealed record AutoPartChoice(string Name, double Weight, IReadOnlyDictionary<string, double> Parameters);
