using Buddies.Engine.Buddies.Cells;

namespace Buddies.Engine.Tests.Buddies.Cells;

public sealed class CellMapTests
{
    /// <summary>The plain way: a sorted set for each cell, and a stable sort by the cosine of the centroids.</summary>
    [Fact]
    public void Probes_AnyRelation_AreThoseOfSortedSets_AndTheLikestFirst() => Property.ForSeeds(100, seed =>
    {
        var random = new Random(seed);
        var (cells, dimension) = (random.Next(1, 30), random.Next(1, 9));

        // Few different centroids, so that there are ties, and cosines of either sign.
        var kinds = Enumerable.Range(0, 4).Select(_ => Unit(random, dimension)).ToArray();
        float[] centroids = [.. Enumerable.Range(0, cells).SelectMany(_ => kinds[random.Next(kinds.Length)])];
        int[][] wanted = [.. Enumerable.Range(0, cells).Select(_ => Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(cells)).ToArray())];
        var expected = Enumerable.Range(0, cells).Select(cell => new SortedSet<int> { cell }).ToArray();
        for (var cell = 0; cell < cells; cell++)
        {
            foreach (var other in wanted[cell])
            {
                expected[cell].Add(other);
                expected[other].Add(cell);
            }
        }

        var pauses = 0;
        var map = new CellMap(centroids, dimension, wanted);
        int[] starts = [0, .. expected.Select((_, cell) => expected.Take(cell + 1).Sum(set => set.Count))];
        var sound = new CellMap(centroids, dimension, (starts, [.. expected.SelectMany(set => set)]), () => pauses++);
        Assert.Equal((cells, cells, cells), (map.CellCount, sound.CellCount, pauses));
        Assert.Equal(map.Bytes, sound.Bytes);
        for (var cell = 0; cell < cells; cell++)
        {
            var centroid = centroids.AsMemory(cell * dimension, dimension);
            int[] likest = [.. expected[cell].OrderByDescending(other => other == cell ? float.PositiveInfinity : map.ScoreOf(other, centroid.Span))];
            Assert.Equal(expected[cell], map.Probes(cell).ToArray());
            Assert.Equal(expected[cell], sound.Probes(cell).ToArray());
            Assert.Equal(likest, map.Likest(cell).ToArray());
            Assert.Equal(likest, sound.Likest(cell).ToArray());
        }
    });

    [Fact]
    public void New_CentroidsOfAnotherLength_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new CellMap([1, 0, 0], 2, [[0]]));

    private static float[] Unit(Random random, int dimension)
    {
        var vector = Enumerable.Range(0, dimension).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var length = MathF.Sqrt(vector.Sum(value => value * value));
        return [.. vector.Select(value => value / length)];
    }
}
