using System.Numerics.Tensors;
using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Training.Rankers.Spectral;

/// <summary>The constants of <see cref="SpectralRanker"/>.</summary>
/// <param name="Components">How many singular vectors pass the filter.</param>
/// <param name="FilterExponent">Component c passes with (σ_c/σ_1)^this: 0 is the ideal low-pass, 2 the plain co-occurrence.</param>
/// <param name="SourceExponent">A fact weighs n^−this, n the track's listeners.</param>
/// <param name="TargetExponent">A score is multiplied by n^this.</param>
public sealed record SpectralOptions(int Components = 256, double FilterExponent = 0.5, double SourceExponent = 0.5, double TargetExponent = 0.25);

/// <summary>
/// A filter over the graph of tracks: the facts are taken apart along the singular vectors, each part passes as its
/// singular value says, and the parts are put together again. Linear in the facts.
/// </summary>
public sealed class SpectralRanker : IRanker
{
    private readonly SpectralBasis _basis;
    private readonly int _components;
    private readonly float[] _filter;
    private readonly float[] _source;
    private readonly float[] _target;

    /// <summary>Chooses the filter.</summary>
    public SpectralRanker(SpectralBasis basis, SpectralOptions options)
    {
        ArgumentNullException.ThrowIfNull(basis);
        ArgumentNullException.ThrowIfNull(options);
        _basis = basis;
        _components = Math.Min(options.Components, basis.Count);
        _filter = Array.ConvertAll(
            basis.Singular[.._components], value => (float)Math.Pow(Math.Max(1e-6, value / Math.Max(1e-12, basis.Singular[0])), options.FilterExponent));
        _source = Degrees.Power(basis.TrackDegrees, -options.SourceExponent);
        _target = Degrees.Power(basis.TrackDegrees, options.TargetExponent);
    }

    /// <inheritdoc/>
    public int TrackCount => _basis.TrackDegrees.Length;

    /// <inheritdoc/>
    public void Score(SparseRows facts, int from, int count, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var parts = new float[count * _components];
        for (var row = 0; row < count; row++)
        {
            var part = parts.AsSpan(row * _components, _components);
            for (var i = facts.Offsets[from + row]; i < facts.Offsets[from + row + 1]; i++)
            {
                var track = facts.Columns[i];
                TensorPrimitives.MultiplyAdd(
                    _basis.ByTrack.AsSpan(track * _basis.Count, _components), facts.Confidences[i] * _source[track], part, part);
            }

            TensorPrimitives.Multiply(part, _filter, part);
        }

        scores.Clear();
        MatrixKernels.MultiplyAdd(parts, _components, 1, _basis.ByComponent, TrackCount, scores, TrackCount, count, TrackCount, _components);
        Degrees.ScaleColumns(scores, _target);
    }
}
