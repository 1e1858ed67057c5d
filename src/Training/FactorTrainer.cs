using Buddies.Training.Als;
using Buddies.Training.Facts;

namespace Buddies.Training;

/// <summary>Factors of one set of facts, with what a fold-in against them needs to know.</summary>
/// <param name="Als">The factors.</param>
/// <param name="TrackWeights">[tracks], what the confidence of a fact is multiplied by.</param>
/// <param name="Interactions">[users × tracks], weighed by <paramref name="TrackWeights"/>.</param>
public sealed record TrainedFactors(AlsResult Als, float[] TrackWeights, SparseRows Interactions);

/// <summary>Puts listeners, tags and playlists together and trains: what a model and its evaluation share.</summary>
public static class FactorTrainer
{
    /// <summary>Trains.</summary>
    /// <param name="set">Where tracks, tags and playlists come from.</param>
    /// <param name="interactions">[users × tracks] of <paramref name="set"/>, all of its entries or some.</param>
    /// <param name="options">The constants.</param>
    /// <param name="progress">Told a few times a second.</param>
    /// <param name="time">Measures the rate.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <returns>The factors.</returns>
    public static TrainedFactors Train(
        TrainingSet set,
        SparseRows interactions,
        TrainOptions options,
        IProgress<TrainProgress>? progress,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(interactions);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var trackWeights = TrackRarity.Weigh(interactions, options.RarityExponent);
        var weighed = interactions.WeighColumns(trackWeights);
        var rows = interactions.WeighRows([.. set.Users.Select(user => set.Facts.OnlySaved[user] ? (float)options.MakerWeight : 1f)]);
        if (options.TagWeight > 0)
        {
            rows = rows.Append(SideRows.FromTags(set, options.TagWeight));
        }

        if (options.PlaylistWeight > 0)
        {
            rows = rows.Append(SideRows.FromPlaylists(set, options.PlaylistWeight, options.Transform));
        }

        var als = ImplicitAlsTrainer.Train(
            rows.WeighColumns(trackWeights), weighed, options.Als, options.Keeper, progress, time, cancellationToken);
        return new TrainedFactors(als, trackWeights, weighed);
    }
}
