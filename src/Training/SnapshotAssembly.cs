using Buddies.Engine.Doorman.Gates;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Snapshots;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Playlists;
using Buddies.Training.Rankers.Auto;
using Buddies.Training.Validation;

namespace Buddies.Training;

/// <summary>Puts trained factors into the shape of a snapshot.</summary>
internal static class SnapshotAssembly
{
    public static SnapshotContents MakeContents(
        TrainingSet set, TrainedFactors factors, TrackLinkTable? links, float[] playlistFactors, TrainedRanking ranking, TrainOptions options)
    {
        var playlists = PlaylistVectors.Flatten(set);
        return new SnapshotContents
        {
            Dimension = options.Als.Dimension,
            TrackIds = [.. Enumerable.Range(0, set.TrackCount).Select(set.TrackIdOf)],
            TrackFactors = factors.Als.TrackFactors,
            TrackPopularity = MeasurePopularity(set),
            TrackWeights = factors.TrackWeights,
            PlaylistIds = [.. set.Playlists.Select(playlist => playlist.Id)],
            PlaylistFactors = playlistFactors,
            PlaylistOffsets = playlists.Offsets,
            PlaylistTracks = playlists.Rows,
            PlaylistTimes = playlists.Times,
            UserIds = [.. set.Users.Select(user => set.Facts.Users[user])],
            UserVectors = factors.Als.UserFactors,
            PlaylistRanker = ranking.Rows,
            Cells = ListenerCells.Train(factors.Als.UserFactors, options.Als.Dimension),
            Links = links,
        };
    }

    public static SnapshotManifest MakeManifest(
        SnapshotVersion version,
        SnapshotVersion parent,
        DateTimeOffset createdAt,
        TrainingSet set,
        TrainedFactors factors,
        LinkPlan? plan,
        TrainOptions options,
        TimeSpan trainingTime,
        HoldoutResult? holdout,
        TrainedRanking ranking,
        ValidationReport data)
    {
        var als = options.Als;
        var metrics = new Dictionary<string, double>
        {
            ["events"] = set.Facts.EventCount,
            ["facts"] = set.Interactions.EntryCount,
            ["epochs"] = als.Epochs,
            ["seed"] = als.Seed,
            ["initialStdDev"] = als.InitialStdDev,
            ["rarityExponent"] = options.RarityExponent,
            ["tagWeight"] = options.TagWeight,
            ["playlistWeight"] = options.PlaylistWeight,
            ["makerWeight"] = options.MakerWeight,
            ["objective"] = factors.Als.Objectives[^1],
            ["trainingSeconds"] = trainingTime.TotalSeconds,
            [DataFindings.Metric] = data.Anomalies.Count(anomaly => anomaly.Severity == Severity.Error),
        };
        metrics["playlistPairs"] = ranking.Pairs;
        if (ranking.Rows is not null)
        {
            metrics["playlistRankerScale"] = ranking.Scale;
            metrics["playlistRankerDoubt"] = ranking.Doubt;
        }

        foreach (var row in ranking.Judgement?.Rows ?? [])
        {
            metrics[$"playlistNdcg {row.Name}"] = row.Ndcg.Value;
        }

        if (holdout is not null)
        {
            metrics[GateMetrics.Recall] = holdout.Recall.Value;
            metrics[GateMetrics.Ndcg] = holdout.Ndcg.Value;
            metrics[GateMetrics.PopularityRecall] = holdout.PopularityRecall.Value;
            metrics[GateMetrics.Listeners] = holdout.Listeners;
        }

        if (plan is not null)
        {
            metrics["linksKept"] = plan.HasLinks ? plan.Kept : 0;
            metrics["linksValidation"] = plan.Validation;
            metrics["linksFactorWeight"] = plan.Parameters.FactorWeight;
            metrics["linksLengthExponent"] = plan.Parameters.LengthExponent;
            for (var i = 0; i < plan.Parts.Count; i++)
            {
                metrics[$"links.{plan.Parts[i].Name}"] = plan.Weights[i] * plan.Scale;
            }
        }

        // The shapes and the files are the writer's to fill in.
        return new SnapshotManifest(
            0, version.Value, parent.Value, createdAt, set.Facts.Watermark, options.Transform.Fingerprint, 0, 0, 0, 0,
            als.UnobservedWeight, als.Regularization, als.RegularizationExponent, metrics, [])
        {
            Validation = DataReports.Make(set, createdAt),
            Ranking = ranking.Ranking,
        };
    }

    /// <summary>The share of listeners that a fact of theirs speaks for the track: what was hidden is not popular.</summary>
    private static float[] MeasurePopularity(TrainingSet set)
    {
        var counts = new int[set.TrackCount];
        for (var i = 0; i < set.Interactions.EntryCount; i++)
        {
            counts[set.Interactions.Columns[i]] += set.Interactions.Preferences[i] > 0 ? 1 : 0;
        }

        return Array.ConvertAll(counts, count => count / (float)set.Interactions.RowCount);
    }
}
