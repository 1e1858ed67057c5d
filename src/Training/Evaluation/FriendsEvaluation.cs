using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Buddies.Training.Facts;

namespace Buddies.Training.Evaluation;

/// <summary>
/// Whether buddies are friends: for each listener with a friend, how many of the friends are among the k listeners whose
/// served taste vectors are nearest. Friendships take no part in training.
/// </summary>
public static class FriendsEvaluation
{
    /// <summary>Evaluates the current model of a data directory.</summary>
    /// <param name="store">The store.</param>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="k">How many buddies are looked at, 1 or more.</param>
    /// <param name="seed">Where the random baseline and the interval come from.</param>
    /// <param name="cancellationToken">Stops between listeners.</param>
    /// <returns>The result.</returns>
    /// <exception cref="TrainingException">There is no current model, there are no friendships, or the transform is another.</exception>
    /// <exception cref="SnapshotException">The snapshot is damaged.</exception>
    public static async Task<FriendsResult> EvaluateAsync(
        IStore store, string dataDirectory, int k, int seed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var graph = await FriendshipGraph.ReadAsync(store.Friendships, cancellationToken).ConfigureAwait(false);
        if (graph.Pool.Count == 0)
        {
            throw new TrainingException("There are no friendships to compare with. Import a dataset that has them: buddies import hetrec PATH.");
        }

        using var snapshot = await CurrentSnapshot.OpenAsync(store, dataDirectory, cancellationToken).ConfigureAwait(false);
        var facts = await FactReader.ReadAsync(store, TasteTransform.Default, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Evaluate(graph, facts, snapshot, k, seed, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Evaluates an open snapshot.</summary>
    /// <param name="graph">Who is whose friend; not empty.</param>
    /// <param name="facts">The facts of the listeners.</param>
    /// <param name="snapshot">The model.</param>
    /// <param name="k">How many buddies are looked at, 1 or more.</param>
    /// <param name="seed">Where the random baseline and the interval come from.</param>
    /// <param name="cancellationToken">Stops between listeners.</param>
    public static FriendsResult Evaluate(
        FriendshipGraph graph, FactSet facts, Snapshot snapshot, int k, int seed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(snapshot);
        var model = new ServingModel(snapshot, facts.Catalogue);
        var tastes = ServedVectors.TastesOf(facts, graph.Pool);
        var served = ServedVectors.Derive(facts, model, graph.Pool, cancellationToken);
        var (recalls, aucs) = BuddyMeasure.Measure(graph, k, FriendBaselines.Cosine(served, model.Dimension), cancellationToken);
        var recall = Bootstrap.Mean(recalls, seed);
        var means = FriendBaselines.WeightedMeans(tastes, model);
        return new FriendsResult(
            recall.Value,
            recall.Low,
            recall.High,
            aucs.Where(auc => !double.IsNaN(auc)).DefaultIfEmpty(0.5).Average(),
            k,
            graph.Pool.Count,
            graph.Pool.Count,
            snapshot.Version.Value,
            Bootstrap.Mean(FriendHalves.Of(graph, recalls, forTuning: true), seed),
            Bootstrap.Mean(FriendHalves.Of(graph, recalls, forTuning: false), seed),
            new FriendsBaselines(
                RecallOf(FriendBaselines.Random(seed)),
                RecallOf(FriendBaselines.Popularity(tastes)),
                RecallOf(new LogTfIdf(tastes, facts.Catalogue.TrackCount).Score),
                RecallOf(FriendBaselines.Cosine(means, model.Dimension))));

        double RecallOf(ScoreListener score) => BuddyMeasure.Measure(graph, k, score, cancellationToken).Recalls.Average();
    }
}
