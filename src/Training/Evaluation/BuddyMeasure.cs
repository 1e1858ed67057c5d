using Buddies.Engine.Vectors;

namespace Buddies.Training.Evaluation;

/// <summary>Scores every listener of the pool for one of them; more is nearer. Called from many threads.</summary>
/// <param name="listener">A position in the pool.</param>
/// <param name="scores">Destination, [pool]; the listener's own is not looked at.</param>
public delegate void ScoreListener(int listener, Span<float> scores);

/// <summary>How well a ranking of listeners finds friends.</summary>
public static class BuddyMeasure
{
    /// <summary>Measures each listener's ranking of all others in the pool.</summary>
    /// <param name="graph">Who is whose friend.</param>
    /// <param name="k">How many are found, 1 or more.</param>
    /// <param name="score">The ranking; equal scores rank by position in the pool.</param>
    /// <param name="cancellationToken">Stops between listeners.</param>
    /// <returns>
    /// [pool] each: the share of a listener's friends among the top k, and the probability that a friend scores above
    /// one who is none, where equal scores count half (NaN when everybody is a friend).
    /// </returns>
    public static (double[] Recalls, double[] Aucs) Measure(
        FriendshipGraph graph, int k, ScoreListener score, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(score);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var recalls = new double[graph.Pool.Count];
        var aucs = new double[graph.Pool.Count];
        Parallel.For(
            0,
            graph.Pool.Count,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => new float[graph.Pool.Count],
            (listener, _, scores) =>
            {
                score(listener, scores);
                recalls[listener] = Recall(graph, listener, k, scores);
                aucs[listener] = Auc(graph, listener, scores);
                return scores;
            },
            _ => { });
        return (recalls, aucs);
    }

    private static double Recall(FriendshipGraph graph, int listener, int k, ReadOnlySpan<float> scores)
    {
        var found = new int[Math.Min(k, scores.Length)];
        var top = new TopK(found, new float[found.Length]);
        for (var other = 0; other < scores.Length; other++)
        {
            if (other != listener)
            {
                top.Offer(other, scores[other]);
            }
        }

        var friends = graph.FriendsOf(listener);
        var hits = 0;
        foreach (var other in found.AsSpan(0, top.Sort()))
        {
            hits += friends.BinarySearch(other) >= 0 ? 1 : 0;
        }

        return hits / (double)friends.Length;
    }

    /// <summary>The Mann-Whitney statistic from ranks.</summary>
    private static double Auc(FriendshipGraph graph, int listener, ReadOnlySpan<float> scores)
    {
        var sorted = new float[scores.Length - 1];
        scores[..listener].CopyTo(sorted);
        scores[(listener + 1)..].CopyTo(sorted.AsSpan(listener));
        Array.Sort(sorted);
        var friends = graph.FriendsOf(listener);
        var friendScores = new float[friends.Length];
        for (var i = 0; i < friends.Length; i++)
        {
            friendScores[i] = scores[friends[i]];
        }

        Array.Sort(friendScores);
        var wins = 0.0;
        foreach (var value in friendScores)
        {
            var (below, upTo) = RanksOf(sorted, value);
            var (friendsBelow, friendsUpTo) = RanksOf(friendScores, value);
            wins += (below - friendsBelow) + (0.5 * (upTo - below - (friendsUpTo - friendsBelow)));
        }

        return wins / ((double)friends.Length * (sorted.Length - friends.Length));
    }

    private static (int Below, int UpTo) RanksOf(float[] ascending, float value) =>
        (CountBelow(ascending, value, orEqual: false), CountBelow(ascending, value, orEqual: true));

    private static int CountBelow(float[] ascending, float value, bool orEqual)
    {
        var (low, high) = (0, ascending.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (ascending[middle] < value || (orEqual && ascending[middle] == value))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
