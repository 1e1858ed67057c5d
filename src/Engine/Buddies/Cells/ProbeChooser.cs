using Buddies.Engine.Vectors;

namespace Buddies.Engine.Buddies.Cells;

/// <summary>
/// Which cells each cell probes: the likest ones, as few as hold the asked share of a sample's true nearest listeners.
/// Where tastes are crowded that is many, where they are sparse few, so the scan is no longer than it must be anywhere.
/// </summary>
internal static class ProbeChooser
{
    /// <summary>True neighbours are looked for among so many listeners at most; K shrinks with the share they are of all.</summary>
    private const int MostCandidates = 131_072;

    private const int AskersPerCell = 4;

    public static int[][] Choose(ReadOnlyMemory<float> vectors, int dimension, float[] centroids, CellOptions options, Random random)
    {
        var rows = vectors.Length / dimension;
        var cells = centroids.Length / dimension;
        var candidates = new int[rows];
        for (var i = 0; i < rows; i++)
        {
            candidates[i] = i;
        }

        random.Shuffle(candidates);
        Array.Resize(ref candidates, Math.Min(rows, MostCandidates));
        var share = (double)candidates.Length / rows;
        var nearest = Math.Clamp((int)Math.Round(options.Nearest * share), 4, options.Nearest);
        var cellOf = new int[candidates.Length];
        CellTrainer.Assign(vectors, dimension, candidates, new CellRouter(centroids, dimension), cellOf);
        var sample = new float[candidates.Length * dimension];
        var askers = new List<int>[cells];
        for (var i = 0; i < candidates.Length; i++)
        {
            vectors.Span.Slice(candidates[i] * dimension, dimension).CopyTo(sample.AsSpan(i * dimension));
            askers[cellOf[i]] ??= [];
            if (askers[cellOf[i]].Count < AskersPerCell)
            {
                askers[cellOf[i]].Add(i);
            }
        }

        var probes = new int[cells][];
        Parallel.For(0, cells, cell => probes[cell] = ChooseOne(cell, sample, dimension, centroids, cellOf, askers[cell], nearest, options.Coverage));
        return probes;
    }

    private static int[] ChooseOne(
        int cell, float[] sample, int dimension, float[] centroids, int[] cellOf, List<int>? askers, int nearest, double coverage)
    {
        var cells = centroids.Length / dimension;
        var likeness = new float[cells];
        VectorKernels.ScoreRows(centroids, centroids.AsSpan(cell * dimension, dimension), likeness);
        var order = new int[cells];
        for (var i = 0; i < cells; i++)
        {
            order[i] = i;
        }

        Array.Sort(likeness, order);
        Array.Reverse(order);

        // A cell that nobody of the sample is in looks at its likest neighbours.
        if (askers is null)
        {
            return order[..Math.Min(cells, 8)];
        }

        var hits = new int[cells];
        var total = CountHits(sample, dimension, cellOf, askers, nearest, hits);
        var wanted = (int)Math.Ceiling(coverage * total);
        var (found, length) = (0, 0);
        while (length < cells && found < wanted)
        {
            found += hits[order[length++]];
        }

        return order[..length];
    }

    private static int CountHits(float[] sample, int dimension, int[] cellOf, List<int> askers, int nearest, int[] hits)
    {
        const int Block = 4096;
        var (users, scores, block) = (new int[nearest], new float[nearest], new float[Block]);
        var total = 0;
        foreach (var asker in askers)
        {
            var top = new TopK(users, scores);
            for (var from = 0; from < cellOf.Length; from += Block)
            {
                var count = Math.Min(Block, cellOf.Length - from);
                VectorKernels.ScoreRows(
                    sample.AsSpan(from * dimension, count * dimension), sample.AsSpan(asker * dimension, dimension), block.AsSpan(0, count));
                for (var i = 0; i < count; i++)
                {
                    if (from + i != asker && (top.Count < nearest || block[i] > scores[0]))
                    {
                        top.Offer(from + i, block[i]);
                    }
                }
            }

            for (var i = 0; i < top.Count; i++)
            {
                hits[cellOf[users[i]]]++;
            }

            total += top.Count;
        }

        return total;
    }
}
