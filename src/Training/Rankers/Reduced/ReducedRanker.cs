using System.Numerics.Tensors;
using Buddies.Training.Facts;
using Buddies.Training.Rankers.Factors;

namespace Buddies.Training.Rankers.Reduced;

/// <summary>Two rows for each track: what a fact about it adds to the listener's vector, and what the vector is scored by.</summary>
/// <param name="input">U, row-major, [tracks × d].</param>
/// <param name="output">V, row-major, [tracks × d].</param>
/// <param name="dimension">d.</param>
public sealed class ReducedRanker(float[] input, float[] output, int dimension) : FactorRanker(output, dimension)
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
                TensorPrimitives.MultiplyAdd(input.AsSpan(facts.Columns[c] * Dimension, Dimension), facts.Confidences[c], vector, vector);
            }
        }
    }
}
