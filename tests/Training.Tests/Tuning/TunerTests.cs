using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Training.Als;
using Buddies.Training.Evaluation;
using Buddies.Training.Facts;
using Buddies.Training.Tuning;

namespace Buddies.Training.Tests.Tuning;

public sealed class TunerTests : IDisposable
{
    private static readonly TuneOptions s_options = new() { Trials = 6, Keep = 3, FirstEpochs = 1, MostEpochs = 3 };
    private static readonly TrainOptions s_train = new() { Als = new AlsOptions { Dimension = 8 } };

    private readonly string _folder = Directory.CreateTempSubdirectory("buddies-tune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_SixTrials_TwoGoOnAndTheBestStandsFirst()
    {
        var set = await ReadAsync();
        var journal = TuneJournal.Open(PathOf("a"), "test");
        var results = Run(set, journal);
        Assert.Equal(6, results.Count);
        Assert.Equal([3, 3, 1, 1, 1, 1], results.Select(result => result.Epochs));
        Assert.Equal(8, journal.Results.Count);
        Assert.True(results[0].Ndcg >= results[1].Ndcg);

        // Who went on was the best third of the first round.
        var first = journal.Results.Where(result => result.Epochs == 1).OrderByDescending(result => result.Ndcg).Take(2).Select(result => result.Trial);
        Assert.Equal(first.Order(), results.Take(2).Select(result => result.Trial).Order());
        Assert.Empty(journal.Find(0, 1)!.Values);
    }

    [Fact]
    public async Task Run_CutInTheMiddleOfALine_GoesOnToTheSameResult()
    {
        var set = await ReadAsync();
        var whole = Run(set, TuneJournal.Open(PathOf("whole"), "test"));
        var lines = await File.ReadAllTextAsync(PathOf("whole"));
        var ends = lines.Select((letter, at) => (letter, at)).Where(pair => pair.letter == '\n').Select(pair => pair.at).ToArray();

        // Killed while the fifth trial was being written.
        await File.WriteAllTextAsync(PathOf("cut"), lines[..(ends[4] + 25)]);
        var journal = TuneJournal.Open(PathOf("cut"), "test");
        Assert.Equal(4, journal.Results.Count);
        var results = Run(set, journal);
        Assert.Equal(whole.Select(Essence), results.Select(Essence));
        Assert.Equal(8, TuneJournal.Open(PathOf("cut"), "test").Results.Count);
    }

    [Fact]
    public async Task Run_JudgedByFriends_RanksThemWithoutLossOfHiddenTracks()
    {
        await using var world = await PlantedWorld.CreateAsync();
        var set = TrainingSet.From(await FactReader.ReadAsync(world.Store, TasteTransform.Default, default));
        var judge = new FriendJudge(await FriendshipGraph.ReadAsync(world.Store.Friendships, default), PlantedWorld.ListenersEach - 1);
        var options = s_options with { Friends = judge };
        var journal = TuneJournal.Open(PathOf("friends"), Tuner.Describe(set, options));
        var results = Tuner.Run(set, s_train, options, journal, null, TimeProvider.System, default);

        // The defaults go through every round, so that the loss can be told.
        foreach (var round in results.GroupBy(result => result.Epochs))
        {
            var defaults = journal.Find(0, round.Key)!;
            var kept = round.TakeWhile(result => result.Recall >= defaults.Recall).ToArray();
            Assert.DoesNotContain(round.Skip(kept.Length), result => result.Recall >= defaults.Recall);
            Assert.Equal(kept.OrderByDescending(result => result.Friends).Select(result => result.Friends), kept.Select(result => result.Friends));
        }

        Assert.Contains(results, result => result is { Trial: 0, Epochs: 3 });
        Assert.All(results, result => Assert.InRange(result.Friends!.Value, 0.1, 1));
        Assert.NotEqual(Tuner.Describe(set, options), Tuner.Describe(set, s_options));

        // A model that knows nothing of the listeners finds the friends of nobody in particular.
        var blind = judge.Measure(set, s_train with { Als = s_train.Als with { Dimension = 1 } }, TimeProvider.System, default);
        Assert.True(blind < results[0].Friends, $"One number finds {blind:0.000} of the friends, the best trial {results[0].Friends:0.000}.");
    }

    [Fact]
    public void FriendJudge_NobodyOfTheHalf_IsRefused()
    {
        UserId[] others = [.. Enumerable.Range(0, 40).Select(i => new UserId($"listener-{i}")).Where(user => !FriendHalves.IsForTuning(user)).Take(2)];
        Assert.Throws<TrainingException>(() => new FriendJudge(new FriendshipGraph([(others[0], others[1])]), 5));
    }

    [Fact]
    public void FriendHalves_ManyListeners_AreHalves()
    {
        var forTuning = Enumerable.Range(0, 1000).Count(i => FriendHalves.IsForTuning(new UserId($"listener-{i}")));
        Assert.InRange(forTuning, 420, 580);
    }

    [Fact]
    public void Open_AJournalOfAnotherSearch_IsRefused()
    {
        TuneJournal.Open(PathOf("other"), "one");
        var error = Assert.Throws<TrainingException>(() => TuneJournal.Open(PathOf("other"), "two"));
        Assert.Contains("'two'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'one'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoJournalAtAll_IsRefused()
    {
        File.WriteAllText(PathOf("bad"), "hello\n");
        Assert.Contains("line 1", Assert.Throws<TrainingException>(() => TuneJournal.Open(PathOf("bad"), "one")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_AnyTrial_StaysWithinTheAxes()
    {
        for (var trial = 1; trial < 200; trial++)
        {
            var (options, values) = Tuner.Draw(trial, 1, s_train);
            options.Check();
            foreach (var axis in TuneAxis.All)
            {
                Assert.InRange(values[axis.Name], axis.Low, axis.High);
            }
        }
    }

    [Fact]
    public void Draw_NearTheDefaults_StaysThere()
    {
        const double Within = 0.2;
        for (var trial = 1; trial < 200; trial++)
        {
            var (_, values) = Tuner.Draw(trial, 1, s_train, Within);
            foreach (var axis in TuneAxis.All)
            {
                // A share of the axis: of its length, or of its doublings.
                var (value, start) = (values[axis.Name], axis.Read(s_train));
                var distance = axis.IsLog ? Math.Log(value / start) / Math.Log(axis.High / axis.Low) : (value - start) / (axis.High - axis.Low);
                Assert.InRange(distance, -Within - 1e-3, Within + 1e-3);
            }
        }
    }

    private static string Essence(TrialResult result) => $"{result.Trial} {result.Epochs} {result.Ndcg:R} {result.Recall:R}";

    private static IReadOnlyList<TrialResult> Run(TrainingSet set, TuneJournal journal) =>
        Tuner.Run(set, s_train, s_options, journal, null, TimeProvider.System, default);

    private string PathOf(string name) => Path.Combine(_folder, name + ".jsonl");

    private static async Task<TrainingSet> ReadAsync()
    {
        await using var world = await PlantedWorld.CreateAsync();
        return TrainingSet.From(await FactReader.ReadAsync(world.Store, TasteTransform.Default, default));
    }
}
