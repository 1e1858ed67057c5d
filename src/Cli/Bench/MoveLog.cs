namespace Buddies.Cli.Bench;

/// <summary>Moves in the order in which they happen: who, and where to.</summary>
/// <param name="users">[count].</param>
/// <param name="vectors">Row-major, [count × d], unit-length rows.</param>
/// <param name="dimension">d.</param>
internal sealed class MoveLog(int[] users, float[] vectors, int dimension)
{
    /// <summary>How many.</summary>
    public int Count => users.Length;

    /// <summary>d.</summary>
    public int Dimension => dimension;

    /// <summary>Who makes a move.</summary>
    public int UserOf(int move) => users[move];

    /// <summary>The mover's new vector, [d].</summary>
    public ReadOnlySpan<float> VectorOf(int move) => vectors.AsSpan(move * dimension, dimension);
}
