using Buddies.Training.Facts;

namespace Buddies.Training.Tests.Als;

/// <summary>Sparse rows with known structure.</summary>
internal static class PlantedRows
{
    /// <summary>Random entries, some with preferences below 0, one empty row and one empty column.</summary>
    public static SparseRows MakeRandom(int rowCount, int columnCount, int seed)
    {
        var random = new Random(seed);
        var offsets = new List<int> { 0 };
        var (columns, confidences, preferences) = (new List<int>(), new List<float>(), new List<float>());
        for (var row = 0; row < rowCount; row++)
        {
            for (var column = 1; column < columnCount && row != 2; column++)
            {
                // Two blocks, so that there is something to learn.
                var likelihood = row % 2 == column % 2 ? 0.4 : 0.03;
                if (random.NextDouble() < likelihood)
                {
                    columns.Add(column);
                    confidences.Add((float)(0.2 + (3 * random.NextDouble())));
                    preferences.Add(random.Next(5) == 0 ? -1 : 1);
                }
            }

            offsets.Add(columns.Count);
        }

        return new SparseRows(columnCount, [.. offsets], [.. columns], [.. confidences], [.. preferences]);
    }
}
