using Buddies.Training.Facts;

namespace Buddies.Training.Evaluation;

/// <summary>Facts to train on, and facts to find again.</summary>
/// <param name="Training">[users × tracks].</param>
/// <param name="Hidden">For each user row the hidden track rows, ascending; empty where there is nothing to hide.</param>
public sealed record HoldoutSplit(SparseRows Training, int[][] Hidden)
{
    /// <summary>Hides a share of each listener's facts that speak for their track, rounded, and never the last fact of all.</summary>
    /// <param name="interactions">[users × tracks].</param>
    /// <param name="share">Above 0 and below 1.</param>
    /// <param name="seed">Which facts.</param>
    public static HoldoutSplit Make(SparseRows interactions, double share, int seed)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        var random = new Random(seed);
        var training = new SparseRowsBuilder(interactions.ColumnCount);
        var hidden = new int[interactions.RowCount][];
        for (var row = 0; row < interactions.RowCount; row++)
        {
            var from = interactions.Offsets[row];
            var count = interactions.CountOf(row);
            int[] candidates = [.. Enumerable.Range(from, count).Where(i => interactions.Preferences[i] > 0)];
            random.Shuffle(candidates);
            var hiddenCount = Math.Clamp((int)Math.Round(share * candidates.Length), 0, Math.Max(0, count - 1));
            var hiddenEntries = candidates.AsSpan(0, hiddenCount).ToArray().ToHashSet();
            for (var i = from; i < from + count; i++)
            {
                if (!hiddenEntries.Contains(i))
                {
                    training.Add(interactions.Columns[i], interactions.Confidences[i], interactions.Preferences[i]);
                }
            }

            training.EndRow();
            hidden[row] = [.. hiddenEntries.Select(i => interactions.Columns[i]).Order()];
        }

        return new HoldoutSplit(training.Build(), hidden);
    }
}
