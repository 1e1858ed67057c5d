using Buddies.Cli.Bench;

namespace Buddies.Cli.Tests;

public sealed class BuddyWorldTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("buddies-bench-").FullName;

    [Fact]
    public void Open_Twice_ReadsWhatItWrote()
    {
        var shape = new WorldShape(5_000, 64, 2_000, 7);
        var made = BuddyWorld.Open(shape, _folder);
        var read = BuddyWorld.Open(shape, _folder);
        Assert.Equal(made.Vectors, read.Vectors);
        Assert.Equal(made.MoveCosine, read.MoveCosine, 1e-9);
        for (var move = 0; move < shape.Moves; move++)
        {
            Assert.Equal(made.Moves.UserOf(move), read.Moves.UserOf(move));
            Assert.True(made.Moves.VectorOf(move).SequenceEqual(read.Moves.VectorOf(move)), $"move {move} differs");
        }
    }

    [Fact]
    public void Open_CutFile_MakesTheWorldAnew()
    {
        var shape = new WorldShape(300, 64, 20, 7);
        var made = BuddyWorld.Open(shape, _folder);
        File.WriteAllBytes(made.Files.Moves, [1, 2, 3]);
        Assert.Equal(made.Vectors, BuddyWorld.Open(shape, _folder).Vectors);
        Assert.Equal(4 + (20 * 65 * 4), new FileInfo(made.Files.Moves).Length);
    }

    [Fact]
    public void Moves_Usually_KeepACosineOf0998()
    {
        var world = BuddyWorld.Open(new WorldShape(20_000, 64, 5_000, 1), _folder);
        Assert.InRange(world.MoveCosine, 0.997, 0.999);
    }

    [Theory]
    [InlineData(400, 400, 400)]
    [InlineData(1_000, 500, 500)]
    [InlineData(123_456, 500, 999)]
    public void ListSamples_AnyNumberOfMoves_AreEvenlySpread(int moves, int fewest, int most)
    {
        var samples = new ListSamples();
        for (var move = 0; move < moves; move++)
        {
            if (samples.Next())
            {
                samples.Add(new ListSample(move, 0, []));
            }
        }

        Assert.InRange(samples.Samples.Count, fewest, most);
        var steps = samples.Samples.Zip(samples.Samples.Skip(1), (left, right) => right.State - left.State).Distinct();
        Assert.Single(steps);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
