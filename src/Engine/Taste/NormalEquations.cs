using System.Numerics.Tensors;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Taste;

/// <summary>
/// The two sums of a weighted least-squares problem, Σ w·y·yᵀ and Σ w·p·y, in double precision: adding and taking back
/// thousands of terms leaves the same sums as starting anew.
/// </summary>
/// <remarks>Terms wait until there are four, because one pass over the matrix then serves them all. Not thread-safe.</remarks>
public sealed class NormalEquations
{
    private readonly double[] _matrix;
    private readonly double[] _target;
    private readonly double[] _pending;
    private readonly double[] _pendingWeights = new double[4];
    private int _pendingCount;

    /// <summary>Makes empty sums.</summary>
    /// <param name="dimension">d, 1 or more.</param>
    public NormalEquations(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Dimension = dimension;
        var stride = SymmetricKernels.StrideOf(dimension);
        _matrix = new double[SymmetricKernels.LengthOf(dimension)];
        _target = new double[stride];
        _pending = new double[4 * stride];
    }

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>Σ w·y·yᵀ in the layout of <see cref="SymmetricKernels"/>, every term included.</summary>
    public ReadOnlySpan<double> Matrix
    {
        get
        {
            Flush();
            return _matrix;
        }
    }

    /// <summary>Σ w·p·y, [stride]; entries from d on are zero.</summary>
    public ReadOnlySpan<double> Target => _target;

    /// <summary>Forgets all terms.</summary>
    /// <param name="start">What the matrix begins with; empty for zero.</param>
    /// <exception cref="ArgumentException">The length contradicts d.</exception>
    public void Reset(ReadOnlySpan<double> start)
    {
        if (start.IsEmpty)
        {
            Array.Clear(_matrix);
        }
        else if (start.Length == _matrix.Length)
        {
            start.CopyTo(_matrix);
        }
        else
        {
            throw new ArgumentException($"Expected {_matrix.Length} values, got {start.Length}.", nameof(start));
        }

        Array.Clear(_target);
        _pendingCount = 0;
    }

    /// <summary>Adds a term, or changes one by the difference.</summary>
    /// <param name="factors">y, [d].</param>
    /// <param name="weight">w, or its change.</param>
    /// <param name="weightedPreference">w·p, or its change.</param>
    /// <exception cref="ArgumentException">The length contradicts d.</exception>
    public void Add(ReadOnlySpan<float> factors, double weight, double weightedPreference)
    {
        if (factors.Length != Dimension)
        {
            throw new ArgumentException($"Expected {Dimension} factors, got {factors.Length}.", nameof(factors));
        }

        var stride = _target.Length;
        var y = _pending.AsSpan(_pendingCount * stride, stride);
        FactorRows.Widen(factors, y);
        TensorPrimitives.MultiplyAdd(y, weightedPreference, _target, _target);
        _pendingWeights[_pendingCount++] = weight;
        if (_pendingCount == 4)
        {
            SymmetricKernels.AddFourOuters(_matrix, _pending, _pendingWeights, Dimension);
            _pendingCount = 0;
        }
    }

    private void Flush()
    {
        var stride = _target.Length;
        for (var i = 0; i < _pendingCount; i++)
        {
            SymmetricKernels.AddOuter(_matrix, _pending.AsSpan(i * stride, stride), _pendingWeights[i], Dimension);
        }

        _pendingCount = 0;
    }
}
