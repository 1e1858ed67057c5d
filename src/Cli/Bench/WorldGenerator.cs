using System.Numerics.Tensors;
using Buddies.Engine.Vectors;

namespace Buddies.Cli.Bench;

/// <summary>Makes up listeners in clusters of Zipfian sizes, and moves among them.</summary>
internal static class WorldGenerator
{
    private const int RowsPerBlock = 4096;

    /// <summary>Makes the vectors and the centre of each.</summary>
    /// <returns>Row-major [n × d] unit-length rows, and [n] centres.</returns>
    public static (float[] Vectors, int[] CentreOf) CreateVectors(WorldShape shape, float[] centres)
    {
        var (n, d) = (shape.Count, shape.Dimension);
        var vectors = new float[(long)n * d];
        var centreOf = new int[n];
        var cumulated = ZipfCumulated(WorldShape.Centres);

        // A block has a generator of its own, so that the world does not depend on the number of cores.
        Parallel.For(0, (n + RowsPerBlock - 1) / RowsPerBlock, block =>
        {
            var random = new Random(Mix(shape.Seed, block + 1));
            for (var user = block * RowsPerBlock; user < Math.Min(n, (block + 1) * RowsPerBlock); user++)
            {
                var found = Array.BinarySearch(cumulated, random.NextDouble());
                var centre = Math.Min(found < 0 ? ~found : found, WorldShape.Centres - 1);
                var row = vectors.AsSpan(user * d, d);
                centreOf[user] = centre;
                FillGaussian(random, row);
                TensorPrimitives.MultiplyAdd(row, (float)WorldShape.Spread, centres.AsSpan(centre * d, d), row);
                VectorKernels.Normalize(row);
            }
        });
        return (vectors, centreOf);
    }

    /// <summary>Makes the centres, row-major, unit-length.</summary>
    public static float[] CreateCentres(WorldShape shape)
    {
        var random = new Random(Mix(shape.Seed, 0));
        var centres = new float[WorldShape.Centres * shape.Dimension];
        for (var centre = 0; centre < WorldShape.Centres; centre++)
        {
            var row = centres.AsSpan(centre * shape.Dimension, shape.Dimension);
            FillGaussian(random, row);
            VectorKernels.Normalize(row);
        }

        return centres;
    }

    /// <summary>Makes moves; each starts where those before it have led.</summary>
    /// <returns>The moves, and the mean cosine between a mover's old and new vector.</returns>
    public static (MoveLog Moves, double MeanCosine) CreateMoves(WorldShape shape, float[] vectors, int[] centreOf, float[] centres)
    {
        var d = shape.Dimension;
        var random = new Random(Mix(shape.Seed, -1));
        var current = (float[])vectors.Clone();
        var members = MembersOf(centreOf);
        var neighbours = NeighboursOf(centres, d);
        var users = new int[shape.Moves];
        var targets = new float[(long)shape.Moves * d];
        var cosines = 0.0;
        for (var move = 0; move < shape.Moves; move++)
        {
            var user = random.Next(shape.Count);
            var own = current.AsSpan(user * d, d);
            var other = ChooseOther(random, user, centreOf[user], members, neighbours);
            var step = (float)(WorldShape.ShortestStep + ((WorldShape.LongestStep - WorldShape.ShortestStep) * random.NextDouble()));
            var target = targets.AsSpan(move * d, d);
            TensorPrimitives.Lerp(own, current.AsSpan(other * d, d), step, target);
            VectorKernels.Normalize(target);
            cosines += TensorPrimitives.Dot<float>(own, target);
            target.CopyTo(own);
            users[move] = user;
        }

        return (new MoveLog(users, targets, d), cosines / Math.Max(1, shape.Moves));
    }

    private static int ChooseOther(Random random, int user, int centre, int[][] members, int[][] neighbours)
    {
        while (true)
        {
            var chosen = random.NextDouble() < WorldShape.StayShare ? centre : neighbours[centre][random.Next(WorldShape.NeighbourCentres)];
            if (members[chosen].Length == 0 || (members[chosen].Length == 1 && chosen == centre))
            {
                // In a small world some clusters are empty or hold the mover alone: anybody then.
                chosen = random.Next(WorldShape.Centres);
            }

            if (members[chosen] is { Length: > 0 } candidates && candidates[random.Next(candidates.Length)] is var other && other != user)
            {
                return other;
            }
        }
    }

    private static int[][] MembersOf(int[] centreOf)
    {
        var members = new List<int>[WorldShape.Centres];
        for (var centre = 0; centre < members.Length; centre++)
        {
            members[centre] = [];
        }

        for (var user = 0; user < centreOf.Length; user++)
        {
            members[centreOf[user]].Add(user);
        }

        return [.. members.Select(list => list.ToArray())];
    }

    private static int[][] NeighboursOf(float[] centres, int d)
    {
        var scores = new float[WorldShape.Centres];
        var neighbours = new int[WorldShape.Centres][];
        for (var centre = 0; centre < neighbours.Length; centre++)
        {
            VectorKernels.ScoreRows(centres, centres.AsSpan(centre * d, d), scores);
            scores[centre] = float.NegativeInfinity;
            neighbours[centre] = [.. Enumerable.Range(0, scores.Length).OrderByDescending(other => scores[other]).Take(WorldShape.NeighbourCentres)];
        }

        return neighbours;
    }

    private static double[] ZipfCumulated(int count)
    {
        var total = Enumerable.Range(1, count).Sum(rank => 1.0 / rank);
        var sum = 0.0;
        return [.. Enumerable.Range(1, count).Select(rank => sum += 1 / (rank * total))];
    }

    private static void FillGaussian(Random random, Span<float> row)
    {
        for (var i = 0; i < row.Length; i += 2)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
            row[i] = (float)(radius * cosine);
            if (i + 1 < row.Length)
            {
                row[i + 1] = (float)(radius * sine);
            }
        }
    }

    private static int Mix(int seed, int stream) => unchecked((seed * 1_000_003) + (stream * 7_919));
}
