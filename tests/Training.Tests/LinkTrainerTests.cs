using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Rankers;

namespace Buddies.Training.Tests;

/// <summary>Two numbers for a listener cannot tell five communities apart: links have something to say.</summary>
public sealed class LinkTrainerTests
{
    private const int Dimension = 2;

    private static readonly TrainOptions s_options = new() { Als = new AlsOptions { Dimension = Dimension, Epochs = 4 }, TagWeight = 0, Links = true };

    [Fact]
    public async Task Train_WithLinks_ServesTheScoresThatWereEvaluated()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var result = await TrainAsync(world, s_options);
        var facts = await FactReader.ReadAsync(world.Store, TasteTransform.Default, default);
        var set = TrainingSet.From(facts);
        var factors = FactorTrainer.Train(set, set.Interactions, s_options, null, TimeProvider.System, default);
        var plan = LinkTrainer.Search(set, set.Interactions, s_options, TimeProvider.System, default);
        var ranker = LinkTrainer.RankerOf(factors, LinkTrainer.Fit(plan, set.Interactions, s_options, default), s_options);
        using var snapshot = Snapshot.Open(Path.Combine(world.Folder, "snapshots", result.Model.Folder));
        Assert.False(snapshot.Links.IsNone);
        Assert.Equal(set.TrackCount, snapshot.TrackCount);
        var model = new ServingModel(snapshot, facts.Catalogue);
        for (var row = 0; row < set.Users.Length; row++)
        {
            AssertServed(ranker, set.Interactions, row, model, facts.Tastes[set.Users[row]]);
        }

        // Whoever comes later, with facts that no training has seen.
        var late = new UserTaste(TasteTransform.Default);
        foreach (var (kind, track) in new[] { (EventKind.Listen, 4), (EventKind.Like, 7), (EventKind.Skip, 9), (EventKind.Listen, 7), (EventKind.Hide, 4) })
        {
            var id = PlantedWorld.TrackOf(2, track);
            late.Apply(
                new UserEvent(new EventId($"late{track}{kind}"), new UserId("late"), kind, id, null, null, null, DateTimeOffset.UnixEpoch.AddYears(55)),
                facts.Catalogue.Intern(id),
                null);
            AssertServed(ranker, Rows(late, model, set.TrackCount), 0, model, late);
        }
    }

    [Fact]
    public async Task Evaluate_WithLinks_FindsMoreThanTheFactorsAlone()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var (with, without) = (await EvaluateAsync(world, s_options), await EvaluateAsync(world, s_options with { Links = false }));
        Assert.True(with.Recall.Low > without.Recall.High, $"{with.Recall} with links, {without.Recall} without.");
    }

    [Fact]
    public async Task Train_WithLinksAndJudge_SaysOfTheModelWhatTheEvaluationSays()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var result = await TrainAsync(world, s_options with { Holdout = new HoldoutOptions() });
        var judged = await EvaluateAsync(world, s_options);
        Assert.Equal(judged.Recall.Value, result.Manifest.Metrics["holdoutRecall"]);
        Assert.Equal(result.Manifest.Links!.FactorWeight, result.Manifest.Metrics["linksFactorWeight"]);
        Assert.True(result.Manifest.Links.Entries > 0);
    }

    [Fact]
    public async Task Train_WithLinksTwice_WritesTheSameLinks()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var (first, second) = (
            await TrainAsync(world, s_options),
            await TrainAsync(world, s_options with { Als = s_options.Als with { Threads = 1 } }));
        Assert.Equal(Links(first), Links(second));

        string Links(TrainResult result) => result.Manifest.Files.Single(file => file.Name == "track-links.bin").Sha256;
    }

    [Fact]
    public async Task Train_ListenersOfOneFact_HasNothingToChooseByAndLeavesLinksOut()
    {
        await using var world = await PlantedWorld.CreateEmptyAsync();
        await using (var session = await world.Store.BeginImportAsync("planted", default))
        {
            for (var user = 0; user < 6; user++)
            {
                session.AddEvent(new UserEvent(
                    new EventId("e"), new UserId($"u{user}"), EventKind.Listen, new TrackId($"t{user % 3}"), null, null, null, DateTimeOffset.UnixEpoch));
            }

            await session.CommitAsync(default);
        }

        var result = await TrainAsync(world, s_options);
        Assert.Null(result.Manifest.Links);
    }

    private static void AssertServed(IRanker ranker, SparseRows rows, int row, ServingModel model, UserTaste taste)
    {
        var expected = new float[rows.ColumnCount];
        ranker.Score(rows, row, 1, expected);
        var unit = new float[Dimension];
        LiveTaste.Derive(taste, model, new FoldInSystem(Dimension), unit);
        VectorKernels.Normalize(unit);
        var links = new LinkScores();
        links.Fill(model, taste);
        for (var track = 0; track < expected.Length; track++)
        {
            Assert.Equal(expected[track], links.ScoreOf(model, unit, track), 1e-5 * Math.Max(1, Math.Abs(expected[track])));
        }
    }

    /// <summary>The facts of one listener as an evaluation has them.</summary>
    private static SparseRows Rows(UserTaste taste, ServingModel model, int trackCount)
    {
        var rows = new SparseRowsBuilder(trackCount);
        var mean = taste.ComputeMeanEvidence();
        foreach (ref readonly var fact in taste.Tracks)
        {
            var (confidence, preference) = taste.Weigh(fact, mean);
            if (confidence > 0)
            {
                rows.Add(model.RowOf(fact.Track), (float)confidence, (float)preference);
            }
        }

        rows.EndRow();
        return rows.Build();
    }

    private static Task<TrainResult> TrainAsync(PlantedWorld world, TrainOptions options) =>
        ModelTrainer.TrainAsync(world.Store, world.Folder, options, null, TimeProvider.System, default);

    private static Task<HoldoutResult> EvaluateAsync(PlantedWorld world, TrainOptions options) =>
        HoldoutEvaluation.EvaluateAsync(world.Store, options, new HoldoutOptions(), null, TimeProvider.System, default);
}
