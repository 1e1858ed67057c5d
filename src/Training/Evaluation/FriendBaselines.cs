using System.Numerics.Tensors;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Training.Evaluation;

/// <summary>Rankings of listeners that need no training, to be beaten.</summary>
internal static class FriendBaselines
{
    /// <summary>Anybody, in an order of each listener's own.</summary>
    public static ScoreListener Random(int seed) => (listener, scores) =>
    {
        var random = new Random(unchecked((seed * 1_000_003) + listener));
        foreach (ref var score in scores)
        {
            score = random.NextSingle();
        }
    };

    /// <summary>Whoever has the most facts, the same for all.</summary>
    public static ScoreListener Popularity(UserTaste?[] tastes)
    {
        var counts = Array.ConvertAll(tastes, taste => (float)(taste?.TrackCount ?? 0));
        return (_, scores) => counts.CopyTo(scores);
    }

    /// <summary>Cosine of vectors.</summary>
    /// <param name="vectors">Row-major, [pool × d]; scaled to unit length in place.</param>
    /// <param name="dimension">d.</param>
    public static ScoreListener Cosine(float[] vectors, int dimension)
    {
        for (var row = 0; row < vectors.Length; row += dimension)
        {
            VectorKernels.Normalize(vectors.AsSpan(row, dimension));
        }

        return (listener, scores) => VectorKernels.ScoreRows(vectors, vectors.AsSpan(listener * dimension, dimension), scores);
    }

    /// <summary>Σ w·y / Σ w of each listener's facts, row-major, [pool × d].</summary>
    public static float[] WeightedMeans(UserTaste?[] tastes, ServingModel model)
    {
        var d = model.Dimension;
        var means = new float[tastes.Length * d];
        for (var i = 0; i < tastes.Length; i++)
        {
            var mean = means.AsSpan(i * d, d);
            var total = 0f;
            var meanEvidence = tastes[i]?.ComputeMeanEvidence() ?? 0;
            foreach (ref readonly var fact in tastes[i] is { } taste ? taste.Tracks : [])
            {
                var row = model.RowOf(fact.Track);
                var (confidence, preference) = tastes[i]!.Weigh(fact, meanEvidence);
                if (row >= 0 && preference > 0)
                {
                    var weight = (float)confidence * model.TrackWeights[row];
                    total += weight;
                    TensorPrimitives.MultiplyAdd(model.TrackFactors.Slice(row * d, d), weight, mean, mean);
                }
            }

            if (total > 0)
            {
                TensorPrimitives.Divide(mean, total, mean);
            }
        }

        return means;
    }
}
