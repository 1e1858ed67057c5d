namespace Buddies.Training.Rankers.Auto;

/// <summary>One kind of ranker whose parameters can be chosen by a judge.</summary>
internal interface IAutoPart
{
    /// <summary>What reports call it.</summary>
    string Name { get; }

    /// <summary>What was chosen; empty before the search.</summary>
    IReadOnlyDictionary<string, double> Chosen { get; }

    /// <summary>Chooses the parameters.</summary>
    /// <returns>The ranker with them, over the same data.</returns>
    IRanker Search(RankerData data, ValidationJudge judge, RankerRun run);

    /// <summary>Makes the ranker over other data with what was chosen.</summary>
    IRanker Fit(RankerData data, RankerRun run);
}
