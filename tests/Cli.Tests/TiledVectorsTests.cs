using System.Runtime.Intrinsics;
using Buddies.Cli.Bench;

namespace Buddies.Cli.Tests;

public sealed class TiledVectorsTests
{
    /// <summary>130 listeners: two full blocks and one with two.</summary>
    private const int Count = 130;

    [Fact]
    public void Score_EveryDimension_EqualsScalar()
    {
        for (var d = 1; d <= 256; d++)
        {
            var random = new Random(d);
            var rows = Enumerable.Range(0, Count * d).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var query = Enumerable.Range(0, d).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var tiled = new TiledVectors(rows, Count, d);
            Assert.Equal(3, tiled.Blocks);
            for (var user = 0; user < Count; user++)
            {
                var expected = 0.0;
                for (var j = 0; j < d; j++)
                {
                    expected += (double)rows[(user * d) + j] * query[j];
                }

                Assert.True(Math.Abs(expected - ScoreOf(tiled, user, query)) < 1e-4, $"d = {d}, user {user}: expected {expected}, got {ScoreOf(tiled, user, query)}");
            }
        }
    }

    [Fact]
    public void Set_OneOfABlock_ChangesThatOneAlone()
    {
        var tiled = new TiledVectors(new float[Count * 3], Count, 3);
        tiled.Set(65, [1, 2, 3]);
        var read = new float[3];
        tiled.Get(65, read);
        Assert.Equal([1, 2, 3], read);
        foreach (var neighbour in new[] { 1, 64, 66, 129 })
        {
            tiled.Get(neighbour, read);
            Assert.Equal([0, 0, 0], read);
        }
    }

    private static float ScoreOf(TiledVectors tiled, int user, float[] query)
    {
        tiled.Score(user / 64, query, out var a, out var b, out var c, out var e);
        return ((user % 64 / 16) switch { 0 => a, 1 => b, 2 => c, _ => e }).GetElement(user % 16);
    }
}
