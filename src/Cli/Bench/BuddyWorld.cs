using System.Diagnostics;

namespace Buddies.Cli.Bench;

/// <summary>Listeners and their moves, in memory and in the files that the peers read.</summary>
/// <param name="Shape">What they were made from.</param>
/// <param name="Vectors">Row-major, [n × d].</param>
/// <param name="Moves">In order.</param>
/// <param name="MoveCosine">Mean cosine between a mover's old and new vector; not known where the files were there already.</param>
/// <param name="Files">Where they are written.</param>
internal sealed record BuddyWorld(WorldShape Shape, float[] Vectors, MoveLog Moves, double MoveCosine, WorldFiles Files)
{
    /// <summary>Reads a world, or makes it up and writes it.</summary>
    /// <param name="shape">Which.</param>
    /// <param name="folder">Holds a folder for each shape.</param>
    public static BuddyWorld Open(WorldShape shape, string folder)
    {
        var started = Stopwatch.GetTimestamp();
        var files = new WorldFiles(Path.Combine(folder, $"n{shape.Count}-d{shape.Dimension}-m{shape.Moves}-seed{shape.Seed}"));
        if (files.TryRead(shape) is { } read)
        {
            return new BuddyWorld(shape, read.Vectors, read.Moves, MeanCosine(shape, read.Vectors, read.Moves), files);
        }

        var centres = WorldGenerator.CreateCentres(shape);
        var (vectors, centreOf) = WorldGenerator.CreateVectors(shape, centres);
        var (moves, cosine) = WorldGenerator.CreateMoves(shape, vectors, centreOf, centres);
        files.Write(shape, vectors, moves);
        Console.Error.WriteLine($"bench: {shape.Count:N0} listeners and {shape.Moves:N0} moves made up in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        return new BuddyWorld(shape, vectors, moves, cosine, files);
    }

    private static double MeanCosine(WorldShape shape, float[] vectors, MoveLog moves)
    {
        var state = new WorldState(shape, vectors, moves);
        return state.MeanCosineOfMoves();
    }
}
