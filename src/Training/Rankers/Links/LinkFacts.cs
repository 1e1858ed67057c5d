using Buddies.Engine.Ranking;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Links;

/// <summary>Facts as links see them.</summary>
internal static class LinkFacts
{
    /// <summary>The facts that count, each with what it counts as its confidence, at preference 1.</summary>
    /// <param name="rows">[listeners × tracks].</param>
    /// <param name="parameters">What a fact counts.</param>
    /// <param name="meanConfidence">w₀.</param>
    public static SparseRows Count(SparseRows rows, LinkParameters parameters, double meanConfidence)
    {
        var counted = new SparseRowsBuilder(rows.ColumnCount);
        for (var row = 0; row < rows.RowCount; row++)
        {
            for (var i = rows.Offsets[row]; i < rows.Offsets[row + 1]; i++)
            {
                var count = parameters.CountOf(rows.Confidences[i] / meanConfidence, rows.Preferences[i]);
                if (count > 0)
                {
                    counted.Add(rows.Columns[i], count, 1);
                }
            }

            counted.EndRow();
        }

        return counted.Build();
    }
}

/// <summary>A ranker of other facts about the same listeners: it looks at its own rows, wherever the others stand.</summary>
/// <param name="inner">The ranker.</param>
/// <param name="own">[listeners × tracks], row by row of those listeners that it is asked about.</param>
internal sealed class AlignedRanker(IRanker inner, SparseRows own) : IRanker
{
    public int TrackCount => inner.TrackCount;

    public void Score(SparseRows facts, int from, int count, Span<float> scores) => inner.Score(own, from, count, scores);
}
