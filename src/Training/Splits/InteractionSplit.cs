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

    /// <summary>Hides a share of the facts of some users alone, of those that speak for their track; everybody else's rows stay whole.</summary>
    /// <param name="rows">[users × tracks].</param>
    /// <param name="share">Above 0 and below 1; rounded, at least one fact, and never the last one.</param>
    /// <param name="users">How many users at most, drawn among those with two facts or more.</param>
    /// <param name="seed">Which users and facts.</param>
    /// <remarks>The rest of the data is as dense as it will be when all of it is trained on, so what is chosen by it stays right.</remarks>
    public static InteractionSplit DrawSome(SparseRows rows, double share, int users, int seed)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var random = new Random(seed);
        int[] candidates = [.. Enumerable.Range(0, rows.RowCount).Where(row => SpeakingFor(row).Length > 1)];
        random.Shuffle(candidates);
        var chosen = candidates.Take(users).ToHashSet();
        var training = new SparseRowsBuilder(rows.ColumnCount);
        var hidden = new int[rows.RowCount][];
        for (var row = 0; row < rows.RowCount; row++)
        {
            var entries = SpeakingFor(row);
            var count = 0;
            if (chosen.Contains(row))
            {
                random.Shuffle(entries);
                count = Math.Clamp((int)Math.Round(share * entries.Length), 1, entries.Length - 1);
            }

            var gone = entries[..count].ToHashSet();
            hidden[row] = [.. gone.Select(i => rows.Columns[i]).Order()];
            for (var i = rows.Offsets[row]; i < rows.Offsets[row + 1]; i++)
            {
                if (!gone.Contains(i))
                {
                    training.Add(rows.Columns[i], rows.Confidences[i], rows.Preferences[i]);
                }
            }

            training.EndRow();
        }

        return new InteractionSplit(training.Build(), hidden);

        int[] SpeakingFor(int row) => [.. Enumerable.Range(rows.Offsets[row], rows.CountOf(row)).Where(i => rows.Preferences[i] > 0)];
    }
}
