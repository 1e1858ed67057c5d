using System.Runtime.InteropServices;

namespace Buddies.Cli.Bench;

/// <summary>
/// The flat files of a world, little-endian: <c>vectors.f32</c> holds int32 n, int32 d and n rows of d floats;
/// <c>moves.bin</c> holds int32 count and for each move int32 user and d floats; <c>users.bin</c> holds int32 count and the
/// int32 listeners whose stored lists are compared at the end.
/// </summary>
/// <param name="folder">Where.</param>
internal sealed class WorldFiles(string folder)
{
    private const int SampledUsers = 500;

    public string Folder => folder;

    public string Vectors => Path.Combine(folder, "vectors.f32");

    public string Moves => Path.Combine(folder, "moves.bin");

    public string Users => Path.Combine(folder, "users.bin");

    /// <summary>Arbitrary listeners, the same for all engines.</summary>
    public static int[] SampleUsers(WorldShape shape)
    {
        var random = new Random(shape.Seed + 17);
        return [.. Enumerable.Range(0, Math.Min(SampledUsers, shape.Count)).Select(_ => random.Next(shape.Count)).Distinct()];
    }

    /// <summary>Reads what an earlier run has written.</summary>
    /// <returns>Null if it is not there in full.</returns>
    public (float[] Vectors, MoveLog Moves)? TryRead(WorldShape shape)
    {
        if (!File.Exists(Users)
            || Length(Vectors) != 8 + ((long)shape.Count * shape.Dimension * 4)
            || Length(Moves) != 4 + ((long)shape.Moves * (shape.Dimension + 1) * 4))
        {
            return null;
        }

        var vectors = new float[(long)shape.Count * shape.Dimension];
        using (var file = File.OpenRead(Vectors))
        {
            file.Position = 8;
            for (var user = 0; user < shape.Count; user++)
            {
                file.ReadExactly(MemoryMarshal.AsBytes(vectors.AsSpan(user * shape.Dimension, shape.Dimension)));
            }
        }

        var users = new int[shape.Moves];
        var targets = new float[(long)shape.Moves * shape.Dimension];
        using (var file = File.OpenRead(Moves))
        {
            file.Position = 4;
            for (var move = 0; move < shape.Moves; move++)
            {
                file.ReadExactly(MemoryMarshal.AsBytes(users.AsSpan(move, 1)));
                file.ReadExactly(MemoryMarshal.AsBytes(targets.AsSpan(move * shape.Dimension, shape.Dimension)));
            }
        }

        return (vectors, new MoveLog(users, targets, shape.Dimension));
    }

    /// <summary>Writes all; the file of users comes last and says that the others are whole.</summary>
    public void Write(WorldShape shape, float[] vectors, MoveLog moves)
    {
        Directory.CreateDirectory(folder);
        File.Delete(Users);
        using (var file = File.Create(Vectors))
        {
            file.Write(MemoryMarshal.AsBytes([shape.Count, shape.Dimension]));
            for (var user = 0; user < shape.Count; user++)
            {
                file.Write(MemoryMarshal.AsBytes(vectors.AsSpan(user * shape.Dimension, shape.Dimension)));
            }
        }

        using (var file = File.Create(Moves))
        {
            file.Write(MemoryMarshal.AsBytes([moves.Count]));
            for (var move = 0; move < moves.Count; move++)
            {
                file.Write(MemoryMarshal.AsBytes([moves.UserOf(move)]));
                file.Write(MemoryMarshal.AsBytes(moves.VectorOf(move)));
            }
        }

        var sampled = SampleUsers(shape);
        var partial = Users + ".partial";
        File.WriteAllBytes(partial, MemoryMarshal.AsBytes<int>([sampled.Length, .. sampled]).ToArray());
        File.Move(partial, Users, overwrite: true);
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : -1;
}
