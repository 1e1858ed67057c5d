using System.Numerics.Tensors;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Taste;

/// <summary>
/// Solves one row's normal equations, (α₀·YᵀY + Σ w·y·yᵀ + λI)·x = Σ w·p·y (Hu, Koren, Volinsky 2008, equation 4), by a
/// Cholesky factorisation of a copy, so that more facts may follow.
/// </summary>
/// <remarks>Allocates only in the constructor. Not thread-safe: one for each thread.</remarks>
public sealed class FoldInSystem
{
    private readonly NormalEquations _equations;
    private readonly double[] _factor;
    private readonly double[] _solution;
    private readonly double[] _work;

    /// <summary>Makes an empty system.</summary>
    /// <param name="dimension">d, 1 or more.</param>
    public FoldInSystem(int dimension)
    {
        _equations = new NormalEquations(dimension);
        _factor = new double[SymmetricKernels.LengthOf(dimension)];
        _solution = new double[SymmetricKernels.StrideOf(dimension)];
        _work = new double[SymmetricKernels.StrideOf(dimension)];
    }

    /// <summary>d.</summary>
    public int Dimension => _equations.Dimension;

    /// <summary>Forgets all facts.</summary>
    /// <param name="scaledGram">α₀·YᵀY as <see cref="SymmetricKernels"/> lays it out, [d × stride].</param>
    /// <exception cref="ArgumentException">The length contradicts d.</exception>
    public void Reset(ReadOnlySpan<double> scaledGram) => _equations.Reset(scaledGram);

    /// <summary>Adds a fact.</summary>
    /// <param name="factors">y, the track's factors, [d].</param>
    /// <param name="confidence">w.</param>
    /// <param name="confidencePreference">w·p.</param>
    public void Add(ReadOnlySpan<float> factors, double confidence, double confidencePreference) =>
        _equations.Add(factors, confidence, confidencePreference);

    /// <summary>Solves for the vector of the facts as they stand.</summary>
    /// <param name="regularization">What goes onto the diagonal, above 0.</param>
    /// <param name="vector">Destination, [d].</param>
    /// <returns>False, with the vector set to zero, when the system has no unique solution.</returns>
    public bool TrySolve(double regularization, Span<float> vector)
    {
        _equations.Matrix.CopyTo(_factor);
        _equations.Target.CopyTo(_work);
        return TrySolveCopied(regularization, vector);
    }

    /// <summary>Solves for a sum of equations, fixed + scale·scaled, instead of this system's own.</summary>
    /// <param name="fixedPart">Facts whose weights stand, on top of α₀·YᵀY.</param>
    /// <param name="scaledPart">Facts whose weights share one factor.</param>
    /// <param name="scale">That factor.</param>
    /// <param name="regularization">What goes onto the diagonal, above 0.</param>
    /// <param name="vector">Destination, [d].</param>
    /// <returns>False, with the vector set to zero, when the system has no unique solution.</returns>
    public bool TrySolve(NormalEquations fixedPart, NormalEquations scaledPart, double scale, double regularization, Span<float> vector)
    {
        ArgumentNullException.ThrowIfNull(fixedPart);
        ArgumentNullException.ThrowIfNull(scaledPart);
        if (fixedPart.Dimension != Dimension || scaledPart.Dimension != Dimension)
        {
            throw new ArgumentException($"Expected equations of dimension {Dimension}, got {fixedPart.Dimension} and {scaledPart.Dimension}.");
        }

        TensorPrimitives.MultiplyAdd(scaledPart.Matrix, scale, fixedPart.Matrix, _factor);
        TensorPrimitives.MultiplyAdd(scaledPart.Target, scale, fixedPart.Target, _work);
        return TrySolveCopied(regularization, vector);
    }

    private bool TrySolveCopied(double regularization, Span<float> vector)
    {
        if (vector.Length != Dimension)
        {
            throw new ArgumentException($"Expected room for {Dimension}, got {vector.Length}.", nameof(vector));
        }

        var stride = _work.Length;
        for (var j = 0; j < Dimension; j++)
        {
            _factor[(j * stride) + j] += regularization;
        }

        if (!SymmetricKernels.TryFactor(_factor, Dimension))
        {
            vector.Clear();
            return false;
        }

        SymmetricKernels.Solve(_factor, _work, _solution, Dimension);
        TensorPrimitives.ConvertTruncating<double, float>(_solution.AsSpan(0, Dimension), vector);
        return true;
    }
}
