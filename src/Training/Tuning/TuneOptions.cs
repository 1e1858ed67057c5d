using Buddies.Training.Evaluation;

namespace Buddies.Training.Tuning;

/// <summary>How a search goes: random trials, halved as they go on (successive halving; Jamieson and Talwalkar 2016).</summary>
public sealed record TuneOptions
{
    /// <summary>Trials in the first round, 1 or more. The first is the defaults. Default 18.</summary>
    public int Trials { get; init; } = 18;

    /// <summary>One trial in this many goes on to the next round, 2 or more. Default 3.</summary>
    public int Keep { get; init; } = 3;

    /// <summary>Epochs in the first round, 1 or more; each round has <see cref="Keep"/> times as many. Default 2.</summary>
    public int FirstEpochs { get; init; } = 2;

    /// <summary>The most epochs. Default 18.</summary>
    public int MostEpochs { get; init; } = 18;

    /// <summary>Trials at the same time, 1 or more; each holds its own factors. Default 1.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>How near to the defaults trials are drawn, above 0, in shares of each axis to either side; 1 draws from the whole space. Default 1.</summary>
    public double Within { get; init; } = 1;

    /// <summary>Where the trials come from. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What is hidden and how it is judged: trials are ranked by NDCG, unless friends judge them.</summary>
    public HoldoutOptions Holdout { get; init; } = new();

    /// <summary>
    /// Ranks trials by how many friends they find, those first that lose no more than <see cref="RecallSlack"/> of the recall of
    /// hidden tracks against the defaults; the defaults then go through all rounds. Null ranks by NDCG. Default null.
    /// </summary>
    public FriendJudge? Friends { get; init; }

    /// <summary>How much recall of hidden tracks more friends may cost, 0 or more. Default 0.</summary>
    public double RecallSlack { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Trials, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Keep, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstEpochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MostEpochs, FirstEpochs);
        ArgumentOutOfRangeException.ThrowIfLessThan(Parallel, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Within);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Within, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(RecallSlack);
        Holdout.Check();
    }
}

/// <summary>One trial in one round.</summary>
/// <param name="Trial">Its number, from 0; 0 is the defaults.</param>
/// <param name="Epochs">Epochs of this round.</param>
/// <param name="Values">The constants by name.</param>
/// <param name="Recall">Mean recall of what was hidden.</param>
/// <param name="Ndcg">Mean NDCG.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Friends">Mean recall of friends over the tuning half; null where friends do not judge.</param>
public sealed record TrialResult(
    int Trial, int Epochs, IReadOnlyDictionary<string, double> Values, double Recall, double Ndcg, double Seconds, double? Friends = null);
