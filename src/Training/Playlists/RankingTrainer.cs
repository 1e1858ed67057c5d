using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Training.Facts;

namespace Buddies.Training.Playlists;

/// <summary>What was learned of ranking playlists.</summary>
/// <param name="Rows">Row-major, [playlists × (d + 1)]; null where too few were chosen.</param>
/// <param name="Ranking">How they are ranked; null where nothing is to be said.</param>
/// <param name="Judgement">How it was judged; null where too few listeners had playlists hidden.</param>
/// <param name="Pairs">Pairs of a listener and a playlist that somebody else has made.</param>
/// <param name="Scale">Logits that a cosine is worth; 0 without a ranker.</param>
/// <param name="Doubt">Mean doubt of the last epoch; 0 without a ranker.</param>
public sealed record TrainedRanking(float[]? Rows, PlaylistRanking? Ranking, RankingJudgement? Judgement, int Pairs, double Scale, double Doubt)
{
    /// <summary>Nothing was chosen.</summary>
    public static TrainedRanking None { get; } = new(null, null, null, 0, 0, 0);

    /// <summary>What came of it, in one sentence.</summary>
    public string Tell() =>
        Rows is null ? $"No ranker of playlists: listeners chose {Pairs:N0} playlists of others, which is too few."
        : Ranking?.Weights is null ? $"A ranker of playlists was trained on {Pairs:N0} choices; its weights stay those set by hand{(Judgement is null ? ": too few listeners to judge others by" : ": no others were surely better")}."
        : $"A ranker of playlists was trained on {Pairs:N0} choices; with learned weights NDCG@{RankingJudge.Places} is {Judgement!.Rows.Max(row => row.Gain.Value):0.0000} above those set by hand, over {Judgement.Listeners:N0} listeners.";
}

/// <summary>Trains the ranker of playlists and learns what its features count, on top of trained factors.</summary>
public static class RankingTrainer
{
    /// <summary>With fewer listeners, nothing is judged and no weights are learned.</summary>
    public const int LeastListeners = 60;

    private const int ScaleListeners = 100;
    private const double ScaleQuantile = 0.95;

    /// <summary>A scale far above every score: the features are the scores then, over it.</summary>
    private const double Wide = 1e4;

    /// <summary>Trains.</summary>
    /// <param name="set">The facts, with who chose which playlist.</param>
    /// <param name="factors">The trained factors.</param>
    /// <param name="playlistFactors">Row-major, [playlists × d] of the set, of any length.</param>
    /// <param name="links">The model's links; null for none.</param>
    /// <param name="options">The constants of the training.</param>
    /// <param name="cancellationToken">Stops within an epoch and between listeners.</param>
    /// <returns>What was learned.</returns>
    public static TrainedRanking Train(
        TrainingSet set, TrainedFactors factors, float[] playlistFactors, TrackLinkTable? links, TrainOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(factors);
        ArgumentNullException.ThrowIfNull(playlistFactors);
        ArgumentNullException.ThrowIfNull(options);
        var catalogue = set.Facts.Catalogue;
        if (set.Facts.Interactions is not { Count: > 0 } interactions)
        {
            return TrainedRanking.None;
        }

        // One's own playlists alone say nothing that their contents do not: every playlist would have one listener, its maker.
        var others = interactions.Pairs.Count(pair => catalogue.Describe(new PlaylistIndex(pair.Playlist)) is { } contents && contents.Owner != set.Facts.Users[pair.User]);
        if (others < options.PlaylistRanker.LeastPairs)
        {
            return TrainedRanking.None with { Pairs = others };
        }

        var d = options.Als.Dimension;
        var constants = options.PlaylistRanker with { Seed = options.Als.Seed, Threads = options.Als.Threads };
        var contents = Units(playlistFactors, d);
        bool[] isShown = [.. set.Playlists.Select(playlist => playlist.IsPublic && playlist.Ascending.Length > 0)];
        var all = new PlaylistRankerData(d, Units(factors.Als.UserFactors, d), contents, interactions.ToRows(set), isShown);
        var (ranking, judgement) = set.Facts.HeldOut is { } heldOut
            ? LearnWeights(set, factors, all, interactions, heldOut, links, options, constants, cancellationToken)
            : (null, null);
        var ranker = PlaylistRankerTrainer.Train(all, constants, options.Keeper, cancellationToken);
        return new TrainedRanking(ranker?.Rows, ranking, judgement, others, ranker?.Scale ?? 0, ranker?.Doubts[^1] ?? 0);
    }

    /// <summary>Trains factors and then the ranker, to judge it; nothing is kept.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="options">The constants of the training.</param>
    /// <param name="progress">Told of the factors.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <returns>What was learned, with how it was judged.</returns>
    /// <exception cref="TrainingException">There are no facts.</exception>
    public static TrainedRanking Evaluate(FactSet facts, TrainOptions options, IProgress<Als.TrainProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var set = TrainingSet.From(facts);
        if (set.Interactions.EntryCount == 0)
        {
            throw new TrainingException("No event says anything about a track: there is nothing to learn from. Import a dataset first.");
        }

        var factors = FactorTrainer.Train(set, set.Interactions, options, progress, TimeProvider.System, cancellationToken);
        var playlists = PlaylistVectors.Solve(PlaylistVectors.Flatten(set), factors, options, cancellationToken);
        var plan = options.Links ? LinkTrainer.Search(set, set.Interactions, options, TimeProvider.System, cancellationToken) : null;
        return Train(set, factors, playlists, LinkTrainer.Fit(plan, set.Interactions, options, cancellationToken), options, cancellationToken);
    }

    private static (PlaylistRanking?, RankingJudgement?) LearnWeights(
        TrainingSet set, TrainedFactors factors, PlaylistRankerData all, PlaylistInteractions interactions, HeldOutPlaylists heldOut,
        TrackLinkTable? links, TrainOptions options, PlaylistRankerOptions constants, CancellationToken cancellationToken)
    {
        // Two trainings under one key would take each other's epochs; the first is short enough to be done again.
        var catalogue = set.Facts.Catalogue;
        int[] positions = [.. set.Playlists.Select(playlist => catalogue.TryFind(playlist.Id, out var index) ? index.Value : throw new InvalidOperationException($"{playlist.Id} has no position."))];
        var bare = Model(null, null);
        var units = (float[])all.Listeners.Clone();
        FoldIn(set, heldOut, bare, units);
        var world = new RankingWorld(set, interactions, heldOut, units);
        int[] listeners = [.. world.Listeners];
        if (listeners.Length < LeastListeners)
        {
            return (null, null);
        }

        var kept = all with
        {
            Listeners = units,
            Pairs = interactions.ToRows(set, (user, playlist) => !(heldOut.Hides(user, set.Facts.Users[user], playlist.Id) && playlist.Owner != set.Facts.Users[user])),
        };
        var ranker = PlaylistRankerTrainer.Train(kept, constants, null, cancellationToken);
        var scale = links is null ? 0 : FitLinkScale(world, listeners, Model(null, new PlaylistRanking(null, Wide)));
        var model = Model(ranker?.Rows, new PlaylistRanking(null, scale));
        var examples = new RankingExample[listeners.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Als.Threads == 0 ? Environment.ProcessorCount : options.Als.Threads, CancellationToken = cancellationToken };
        Parallel.For(0, listeners.Length, parallel, i => examples[i] = world.Make(listeners[i], model));
        var (judgement, weights) = RankingJudge.Compare(examples, ranker is not null, scale > 0, options.Als.Seed);
        return judgement.Listeners < LeastListeners
            ? (new PlaylistRanking(null, scale), null)
            : (new PlaylistRanking(weights, scale), judgement);

        ServingModel Model(float[]? rows, PlaylistRanking? ranking) => new(
            default, options.Als.FoldIn, options.Als.Dimension, factors.Als.TrackFactors, factors.TrackWeights, set.TrackOfRow,
            all.Contents, positions, links, rows, ranking);
    }

    /// <summary>Vectors of facts without what is hidden, by the very fold-in of serving.</summary>
    private static void FoldIn(TrainingSet set, HeldOutPlaylists heldOut, ServingModel model, float[] units)
    {
        var system = new FoldInSystem(model.Dimension);
        for (var row = 0; row < set.Users.Length; row++)
        {
            if (heldOut.Tastes.TryGetValue(set.Users[row], out var taste))
            {
                var unit = units.AsSpan(row * model.Dimension, model.Dimension);
                LiveTaste.Derive(taste, model, system, unit);
                VectorKernels.Normalize(unit);
            }
        }
    }

    /// <summary>The mean score of links that only few candidates surpass: a full match.</summary>
    private static double FitLinkScale(RankingWorld world, int[] listeners, ServingModel model)
    {
        var scores = new List<double>();
        foreach (var listener in listeners.Take(ScaleListeners))
        {
            var example = world.Make(listener, model);
            for (var i = 0; i < example.Count; i++)
            {
                scores.Add(Math.Abs(example.Of(i)[9]) * Wide);
            }
        }

        scores.Sort();
        return scores.Count == 0 ? 0 : scores[(int)(ScaleQuantile * (scores.Count - 1))];
    }

    private static float[] Units(float[] rows, int dimension)
    {
        var units = (float[])rows.Clone();
        for (var row = 0; row < units.Length; row += dimension)
        {
            VectorKernels.Normalize(units.AsSpan(row, dimension));
        }

        return units;
    }
}
