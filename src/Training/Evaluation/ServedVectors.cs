using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Training.Facts;

namespace Buddies.Training.Evaluation;

/// <summary>The taste vectors that serving would derive from facts under an open snapshot.</summary>
internal static class ServedVectors
{
    /// <summary>Derives a vector for each of some listeners.</summary>
    /// <returns>Row-major, [listeners × d]; zero for one without facts.</returns>
    public static float[] Derive(FactSet facts, ServingModel model, IReadOnlyList<UserId> listeners, CancellationToken cancellationToken)
    {
        var d = model.Dimension;
        var tastes = TastesOf(facts, listeners);
        var vectors = new float[checked(listeners.Count * d)];
        Parallel.For(
            0,
            listeners.Count,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => new FoldInSystem(d),
            (i, _, system) =>
            {
                if (tastes[i] is { } taste)
                {
                    LiveTaste.Derive(taste, model, system, vectors.AsSpan(i * d, d));
                }

                return system;
            },
            _ => { });
        return vectors;
    }

    /// <summary>The facts of each of some listeners; null for one who is not in the log.</summary>
    public static UserTaste?[] TastesOf(FactSet facts, IReadOnlyList<UserId> listeners)
    {
        var positions = new Dictionary<UserId, int>();
        for (var i = 0; i < facts.Users.Count; i++)
        {
            positions.Add(facts.Users[i], i);
        }

        return [.. listeners.Select(user => positions.TryGetValue(user, out var position) ? facts.Tastes[position] : null)];
    }
}
