using Buddies.Training.Facts;

namespace Buddies.Training.Splits;

/// <summary>Facts to train on and facts to find again, as a file or a random draw gave them.</summary>
/// <param name="Training">[users × tracks].</param>
/// <param name="Hidden">For each user row the tracks to find, ascending and each once; empty where there are none.</param>
public sealed record InteractionSplit(SparseRows Training, int[][] Hidden)
{
    /// <summary>Users with something to find.</summary>
    public int[] JudgedUsers => [.. Enumerable.Range(0, Hidden.Length).Where(user => Hidden[user].Length > 0)];

    /// <summary>Draws a split: a share of each user's tracks is hidden, rounded, and never the last one.</summary>
    /// <param name="rows">[users × tracks].</param>
    /// <param name="share">Above 0 and below 1.</param>
    /// <param name="seed">Which tracks.</param>
    public static InteractionSplit Draw(SparseRows rows, double share, int seed)
    {
        var split = Evaluation.HoldoutSplit.Make(rows, share, seed);
        return new InteractionSplit(split.Training, split.Hidden);
    }
}
