using System.Numerics.Tensors;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Taste;

/// <summary>
/// The normal equations of one listener, (α₀·YᵀY + Σ w·y·yᵀ + λI)·x = Σ w·p·y, open to change: a new fact is a rank-one
/// update, and each solve factors a copy. Sums are kept in double precision, so that adding and taking back thousands of
/// facts leaves the same vector as starting anew (Hu, Koren, Volinsky 2008, equation 4).
/// </summary>
/// <remarks>Allocates only in the constructor. Not thread-safe.</remarks>
public sealed class FoldInSystem
{
    private readonly double[] _matrix;
    private readonly double[] _target;
    private readonly double[] _row;
    private readonly double[] _pending;
    private readonly double[] _pendingWeights = new double[4];
    private readonly double[] _factor;
    private readonly double[] _work;
    private int _pendingCount;

    /// <summary>Makes an empty system.</summary>
    /// <param name="dimension">d, 1 or more.</param>
    public FoldInSystem(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Dimension = dimension;
        var stride = SymmetricKernels.StrideOf(dimension);
        _matrix = new double[SymmetricKernels.LengthOf(dimension)];
        _factor = new double[_matrix.Length];
        _target = new double[stride];
        _row = new double[stride];
        _work = new double[stride];
        _pending = new double[4 * stride];
    }

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>Forgets all facts.</summary>
    /// <param name="scaledGram">α₀·YᵀY as <see cref="SymmetricKernels"/> lays it out, [d × stride].</param>
    /// <exception cref="ArgumentException">The length contradicts d.</exception>
    public void Reset(ReadOnlySpan<double> scaledGram)
    {
        if (scaledGram.Length != _matrix.Length)
        {
            throw new ArgumentException($"Expected {_matrix.Length} values, got {scaledGram.Length}.", nameof(scaledGram));
        }

        scaledGram.CopyTo(_matrix);
        Array.Clear(_target);
        _pendingCount = 0;
    }

    /// <summary>Adds a fact, or changes one by the difference.</summary>
    /// <param name="factors">y, the track's factors, [d].</param>
    /// <param name="confidence">w, or its change.</param>
    /// <param name="confidencePreference">w·p, or its change.</param>
    public void Add(ReadOnlySpan<float> factors, double confidence, double confidencePreference)
    {
        if (factors.Length != Dimension)
        {
            throw new ArgumentException($"Expected {Dimension} factors, got {factors.Length}.", nameof(factors));
        }

        var stride = _row.Length;
        var y = _pending.AsSpan(_pendingCount * stride, stride);
        TensorPrimitives.ConvertTruncating(factors, y);
        y[Dimension..].Clear();
        TensorPrimitives.MultiplyAdd(y, confidencePreference, _target, _target);
        _pendingWeights[_pendingCount++] = confidence;
        if (_pendingCount == 4)
        {
            SymmetricKernels.AddFourOuters(_matrix, _pending, _pendingWeights, Dimension);
            _pendingCount = 0;
        }
    }

    /// <summary>Solves for the vector of the facts as they stand; more facts may follow.</summary>
    /// <param name="regularization">What goes onto the diagonal, above 0.</param>
    /// <param name="vector">Destination, [d].</param>
    /// <returns>False, with the vector set to zero, when the system has no unique solution.</returns>
    public bool TrySolve(double regularization, Span<float> vector)
    {
        if (vector.Length != Dimension)
        {
            throw new ArgumentException($"Expected room for {Dimension}, got {vector.Length}.", nameof(vector));
        }

        Flush();
        Array.Copy(_matrix, _factor, _matrix.Length);
        var stride = _row.Length;
        for (var j = 0; j < Dimension; j++)
        {
            _factor[(j * stride) + j] += regularization;
        }

        if (!SymmetricKernels.TryFactor(_factor, Dimension))
        {
            vector.Clear();
            return false;
        }

        Array.Copy(_target, _work, stride);
        SymmetricKernels.Solve(_factor, _work, _row, Dimension);
        TensorPrimitives.ConvertTruncating<double, float>(_row.AsSpan(0, Dimension), vector);
        return true;
    }

    private void Flush()
    {
        var stride = _row.Length;
        for (var i = 0; i < _pendingCount; i++)
        {
            SymmetricKernels.AddOuter(_matrix, _pending.AsSpan(i * stride, stride), _pendingWeights[i], Dimension);
        }

        _pendingCount = 0;
    }
}
