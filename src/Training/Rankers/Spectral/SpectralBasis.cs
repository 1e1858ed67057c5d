using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Spectral;

/// <summary>
/// The smooth directions between tracks: the right singular vectors of D_U^−a·R·D_I^−b, which every spectral filter is
/// made of (Shen et al. 2021, "How Powerful is Graph Convolution for Recommendation?").
/// </summary>
public sealed class SpectralBasis
{
    private const int Iterations = 5;

    private SpectralBasis(float[] singular, float[] byTrack, float[] byComponent, float[] degrees)
    {
        Singular = singular;
        ByTrack = byTrack;
        ByComponent = byComponent;
        TrackDegrees = degrees;
    }

    /// <summary>σ, largest first, [k].</summary>
    public float[] Singular { get; }

    /// <summary>V, row-major, [tracks × k].</summary>
    public float[] ByTrack { get; }

    /// <summary>Vᵀ, row-major, [k × tracks].</summary>
    public float[] ByComponent { get; }

    /// <summary>Listeners of each track.</summary>
    public float[] TrackDegrees { get; }

    /// <summary>k.</summary>
    public int Count => Singular.Length;

    /// <summary>Decomposes.</summary>
    /// <param name="rows">[listeners × tracks].</param>
    /// <param name="columns">The same, transposed.</param>
    /// <param name="count">k.</param>
    /// <param name="listenerExponent">a.</param>
    /// <param name="trackExponent">b.</param>
    /// <param name="run">Threads, seed, progress and cancellation.</param>
    public static SpectralBasis Make(SparseRows rows, SparseRows columns, int count, double listenerExponent, double trackExponent, RankerRun run)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(run);
        var degrees = Degrees.OfRows(columns);
        var listeners = Degrees.Power(Degrees.OfRows(rows), -listenerExponent);
        var tracks = Degrees.Power(degrees, -trackExponent);
        var (singular, vectors, found) = RandomizedSvd.Decompose(
            rows, columns, Normalize(rows, listeners, tracks), Normalize(columns, tracks, listeners), count, Iterations, run);
        var byComponent = new float[vectors.Length];
        Parallel.For(0, found, run.Parallel, component =>
        {
            for (var track = 0; track < degrees.Length; track++)
            {
                byComponent[(component * degrees.Length) + track] = vectors[(track * found) + component];
            }
        });
        return new SpectralBasis(singular, vectors, byComponent, degrees);
    }

    private static float[] Normalize(SparseRows rows, float[] rowFactors, float[] columnFactors)
    {
        var values = new float[rows.EntryCount];
        for (var row = 0; row < rows.RowCount; row++)
        {
            for (var i = rows.Offsets[row]; i < rows.Offsets[row + 1]; i++)
            {
                values[i] = rows.Confidences[i] * rowFactors[row] * columnFactors[rows.Columns[i]];
            }
        }

        return values;
    }
}
