namespace Buddies.Training.Rankers.Auto;

/// <summary>A trainer that takes part as it is: nothing is searched.</summary>
internal sealed class FittedPart(IRankerTrainer trainer) : IAutoPart
{
    public string Name => trainer.Name;

    public IReadOnlyDictionary<string, double> Chosen => new SortedDictionary<string, double>();

    public IRanker Search(RankerData data, ValidationJudge judge, RankerRun run)
    {
        var ranker = Fit(data, run);
        run.Tell($"{Name}: {judge.Judge(ranker):0.0000}");
        return ranker;
    }

    public IRanker Fit(RankerData data, RankerRun run) => trainer.Train(data.Rows, run);
}
