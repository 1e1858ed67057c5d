using Buddies.Training.Facts;
using Buddies.Training.Rankers;
using Buddies.Training.Splits;

namespace Buddies.Training.Evaluation;

/// <summary>What models are compared on.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Which models, by the names of <see cref="RankerCatalogue"/>.</summary>
    public IReadOnlyList<string> Models { get; init; } = RankerCatalogue.Compared;

    /// <summary>Random splits, 1 or more. Default 5.</summary>
    public int Splits { get; init; } = 5;

    /// <summary>Share of each listener's facts that is hidden, above 0 and below 1. Default 0.2.</summary>
    public double Share { get; init; } = 0.2;

    /// <summary>Places looked at, 1 or more. Default 20.</summary>
    public int K { get; init; } = 20;
}

/// <summary>Every model on the same random splits of the same facts.</summary>
public static class ModelComparison
{
    /// <summary>Compares.</summary>
    /// <param name="rows">[listeners × tracks].</param>
    /// <param name="options">Models and splits.</param>
    /// <param name="run">Threads, seed (of the first split; the others follow it), progress and cancellation.</param>
    /// <param name="time">Measures.</param>
    /// <returns>A row for each model, in the order asked for.</returns>
    public static ComparisonResult Compare(SparseRows rows, ComparisonOptions options, RankerRun run, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(time);
        var tallies = options.Models.Select(model => new ModelTally(model, rows.RowCount, options.K)).ToArray();
        for (var number = 0; number < options.Splits; number++)
        {
            var own = run with { Seed = run.Seed + number };
            var split = InteractionSplit.Draw(rows, options.Share, own.Seed);
            var judged = split.JudgedUsers;
            if (judged.Length == 0)
            {
                throw new TrainingException("No listener has enough facts to hide one of them.");
            }

            var facts = BinaryRows.Select(split.Training, judged);
            var beyond = new Beyond(split.Training);
            var popular = RankedLists.Make(new PopularityRanker(split.Training), facts, options.K, own);
            foreach (var tally in tallies)
            {
                run.Tell($"split {number + 1} of {options.Splits}: {tally.Model}");
                var started = time.GetTimestamp();
                var ranker = RankerCatalogue.Create(tally.Model, options.K).Train(split.Training, own);
                var seconds = time.GetElapsedTime(started).TotalSeconds;
                tally.Add(RankedLists.Make(ranker, facts, options.K, own), popular, judged, split, beyond, seconds);
            }
        }

        return new ComparisonResult(
            [.. tallies.Select(tally => tally.ToRow(run.Seed))], options.Splits, options.Share, options.K, rows.RowCount, rows.ColumnCount, rows.EntryCount);
    }
}

/// <summary>All models side by side.</summary>
/// <param name="Models">A row for each.</param>
/// <param name="Splits">Random splits.</param>
/// <param name="Share">Share hidden.</param>
/// <param name="K">Places looked at.</param>
/// <param name="Listeners">Listeners with facts.</param>
/// <param name="Tracks">Tracks ranked.</param>
/// <param name="Facts">Facts in all, hidden ones included.</param>
public sealed record ComparisonResult(IReadOnlyList<ModelRow> Models, int Splits, double Share, int K, int Listeners, int Tracks, int Facts);

/// <summary>One model. Intervals are of 95 %, by bootstrap over listeners; everything is a mean over the splits.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Recall">Hits over all that was to be found.</param>
/// <param name="Ndcg">Discounted gain over the best possible.</param>
/// <param name="Precision">Hits over k.</param>
/// <param name="Map">Mean average precision.</param>
/// <param name="RPrecision">Hits in as many places as there were tracks to find.</param>
/// <param name="Coverage">Share of the catalogue that stands in some list.</param>
/// <param name="Novelty">Bits of news of a listed track.</param>
/// <param name="Diversity">One less the mean cosine within a list.</param>
/// <param name="Serendipity">Hits that popularity would not have had, over k.</param>
/// <param name="PopularityLift">How much more popular the lists are than the listeners' own tracks.</param>
/// <param name="TrainingSeconds">How long one training took.</param>
/// <param name="Slices">The same for listeners of few and of many facts.</param>
public sealed record ModelRow(
    string Model,
    MeanInterval Recall,
    MeanInterval Ndcg,
    double Precision,
    double Map,
    double RPrecision,
    double Coverage,
    double Novelty,
    double Diversity,
    double Serendipity,
    double PopularityLift,
    double TrainingSeconds,
    IReadOnlyList<SliceRow> Slices);

/// <summary>One model on some listeners; an interval of one listener is that listener's value.</summary>
/// <param name="Slice">The slice's name.</param>
/// <param name="Listeners">How many.</param>
/// <param name="Recall">Hits over all that was to be found.</param>
/// <param name="Ndcg">Discounted gain over the best possible.</param>
public sealed record SliceRow(string Slice, int Listeners, MeanInterval Recall, MeanInterval Ndcg);
