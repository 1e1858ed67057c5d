using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Bpr;

/// <summary>Where BPR begins: small factors, evenly distributed around zero, biases of zero.</summary>
/// <param name="Listeners">Row-major, [listeners × d]; the last of each is 1.</param>
/// <param name="Tracks">Row-major, [tracks × d]; the last of each, its bias, is 0.</param>
public sealed record BprStart(float[] Listeners, float[] Tracks)
{
    private const float Width = 0.2f;

    /// <summary>Draws it; the same seed and shapes give the same bits, wherever the training runs.</summary>
    /// <param name="rows">[listeners × tracks].</param>
    /// <param name="options">The constants.</param>
    /// <param name="seed">The seed.</param>
    public static BprStart Draw(SparseRows rows, BprOptions options, int seed)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        var random = new Random(seed);
        var listeners = Draw(rows.RowCount, options.Dimension, random, last: 1);
        return new BprStart(listeners, Draw(rows.ColumnCount, options.Dimension, random, last: 0));
    }

    private static float[] Draw(int count, int dimension, Random random, float last)
    {
        var start = new float[checked(count * dimension)];
        var scale = Width / MathF.Sqrt(dimension);
        for (var i = 0; i < start.Length; i++)
        {
            start[i] = (i + 1) % dimension == 0 ? last : (random.NextSingle() - 0.5f) * scale;
        }

        return start;
    }
}
