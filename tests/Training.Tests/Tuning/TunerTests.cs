using Buddies.Engine.Taste;
using Buddies.Training.Als;
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
