using Buddies.Engine.Identifiers;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;

namespace Buddies.Training.Tuning;

/// <summary>
/// Judges constants by the friends of the tuning half (<see cref="FriendHalves"/>): a model of all facts is trained, which
/// no friendship takes part in, and the share of their friends among everybody's nearest tastes is looked at.
/// </summary>
public sealed class FriendJudge
{
    private readonly FriendshipGraph _graph;

    /// <summary>Keeps the friendships.</summary>
    /// <param name="graph">Who is whose friend.</param>
    /// <param name="k">How many of the nearest are looked at, 1 or more.</param>
    /// <exception cref="TrainingException">Nobody of the tuning half has a friend.</exception>
    public FriendJudge(FriendshipGraph graph, int k)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (!graph.Pool.Any(FriendHalves.IsForTuning))
        {
            throw new TrainingException("There are no friendships to choose constants by. Import a dataset that has them: buddies import hetrec PATH.");
        }

        (_graph, K) = (graph, k);
    }

    /// <summary>How many of the nearest are looked at.</summary>
    public int K { get; }

    /// <summary>Listeners whose friends judge.</summary>
    public int Listeners => _graph.Pool.Count(FriendHalves.IsForTuning);

    /// <summary>Trains on all facts, and measures.</summary>
    /// <param name="set">The facts.</param>
    /// <param name="options">The constants.</param>
    /// <param name="time">Measures the rate.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <returns>Mean recall over the tuning half.</returns>
    public double Measure(TrainingSet set, TrainOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(options);
        var factors = FactorTrainer.Train(set, set.Interactions, options, null, time, cancellationToken).Als;
        var d = options.Als.Dimension;
        var rows = new Dictionary<UserId, int>();
        for (var row = 0; row < set.Users.Length; row++)
        {
            rows.Add(set.Facts.Users[set.Users[row]], row);
        }

        // Zero for a friend without a fact, as serving has it.
        var vectors = new float[_graph.Pool.Count * d];
        for (var i = 0; i < _graph.Pool.Count; i++)
        {
            if (rows.TryGetValue(_graph.Pool[i], out var row))
            {
                factors.UserFactors.AsSpan(row * d, d).CopyTo(vectors.AsSpan(i * d, d));
            }
        }

        var (recalls, _) = BuddyMeasure.Measure(_graph, K, FriendBaselines.Cosine(vectors, d), cancellationToken);
        return FriendHalves.Of(_graph, recalls, forTuning: true).Average();
    }
}
