using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Training.Als;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Factors;

/// <summary>Inner products of a listener's vector with track factors; how the vector comes from the facts is the heir's matter.</summary>
public abstract class FactorRanker : IRanker
{
    private readonly float[] _byComponent;

    /// <summary>Keeps the factors.</summary>
    /// <param name="factors">Y, row-major, [tracks × d].</param>
    /// <param name="dimension">d.</param>
    protected FactorRanker(float[] factors, int dimension)
    {
        ArgumentNullException.ThrowIfNull(factors);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Factors = factors;
        Dimension = dimension;
        _byComponent = new float[factors.Length];
        for (var track = 0; track < TrackCount; track++)
        {
            for (var component = 0; component < dimension; component++)
            {
                _byComponent[(component * TrackCount) + track] = factors[(track * dimension) + component];
            }
        }
    }

    /// <inheritdoc/>
    public int TrackCount => Factors.Length / Dimension;

    /// <summary>Y, row-major, [tracks × d].</summary>
    protected float[] Factors { get; }

    /// <summary>d.</summary>
    protected int Dimension { get; }

    /// <inheritdoc/>
    public void Score(SparseRows facts, int from, int count, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var vectors = new float[count * Dimension];
        FoldIn(facts, from, count, vectors);
        scores.Clear();
        MatrixKernels.MultiplyAdd(vectors, Dimension, 1, _byComponent, TrackCount, scores, TrackCount, count, TrackCount, Dimension);
    }

    /// <summary>Derives vectors of facts.</summary>
    /// <param name="facts">[listeners × tracks].</param>
    /// <param name="from">The first listener.</param>
    /// <param name="count">How many.</param>
    /// <param name="vectors">Destination, [count × d], zero.</param>
    protected abstract void FoldIn(SparseRows facts, int from, int count, Span<float> vectors);
}

/// <summary>Implicit ALS, folded in by the exact solve of serving; vectors have unit length, as they have when they are served.</summary>
public sealed class AlsRanker : FactorRanker
{
    private readonly double[] _scaledGram;
    private readonly float[] _weights;
    private readonly FoldInParameters _parameters;

    /// <summary>Keeps the factors.</summary>
    /// <param name="factors">Y, row-major, [tracks × d].</param>
    /// <param name="weights">[tracks], what the confidence of a fact is multiplied by.</param>
    /// <param name="options">What they were trained with.</param>
    public AlsRanker(float[] factors, float[] weights, AlsOptions options)
        : base(factors, Check(options).Dimension)
    {
        _weights = weights;
        _parameters = options.FoldIn;
        _scaledGram = new double[SymmetricKernels.LengthOf(Dimension)];
        Engine.Taste.FoldIn.ComputeScaledGram(factors, Dimension, options.UnobservedWeight, _scaledGram);
    }

    /// <inheritdoc/>
    protected override void FoldIn(SparseRows facts, int from, int count, Span<float> vectors)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var system = new FoldInSystem(Dimension);
        for (var i = 0; i < count; i++)
        {
            var range = facts.RangeOf(from + i);
            var columns = facts.Columns.AsSpan(range);
            var confidences = facts.Confidences.AsSpan(range).ToArray();
            for (var c = 0; c < confidences.Length; c++)
            {
                confidences[c] *= _weights[columns[c]];
            }

            Engine.Taste.FoldIn.Solve(
                system, _scaledGram, Factors, columns, confidences, facts.Preferences.AsSpan(range), _parameters, vectors.Slice(i * Dimension, Dimension));
            VectorKernels.Normalize(vectors.Slice(i * Dimension, Dimension));
        }
    }

    private static AlsOptions Check(AlsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options;
    }
}

/// <summary>The weighted mean of the factors of a listener's tracks: the baseline of every fold-in.</summary>
public sealed class MeanRanker(float[] factors, int dimension) : FactorRanker(factors, dimension)
{
    /// <inheritdoc/>
    protected override void FoldIn(SparseRows facts, int from, int count, Span<float> vectors)
    {
        ArgumentNullException.ThrowIfNull(facts);
        for (var i = 0; i < count; i++)
        {
            var vector = vectors.Slice(i * Dimension, Dimension);
            for (var c = facts.Offsets[from + i]; c < facts.Offsets[from + i + 1]; c++)
            {
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(
                    Factors.AsSpan(facts.Columns[c] * Dimension, Dimension), facts.Confidences[c] * facts.Preferences[c], vector, vector);
            }

            // The sum serves as well as the mean: one positive factor for all tracks changes no order.
        }
    }
}
