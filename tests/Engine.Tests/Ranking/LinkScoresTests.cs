using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Tests.Ranking;

public sealed class LinkScoresTests
{
    private const int Tracks = 1000;

    private static readonly LinkParameters s_parameters = new(0, 0.5, 0.5, 0.5);

    [Fact]
    public void Add_RandomFacts_EqualsTheDenseProduct()
    {
        const int seed = 7;
        var random = new Random(seed);
        var (table, dense) = MakeLinks(random);
        var (scores, expected) = (new LinkScores(), new double[Tracks]);
        scores.Begin(table.View, Tracks);
        var mass = 0.0;
        foreach (var track in Enumerable.Range(0, 40).Select(_ => random.Next(Tracks)).Distinct())
        {
            var count = (float)random.NextDouble();
            scores.Add(table.View, track, count);
            mass += count;
            for (var target = 0; target < Tracks; target++)
            {
                expected[target] += count * dense[track, target];
            }
        }

        Assert.Equal(mass, scores.Mass, 6);
        Assert.Equal(1 / Math.Sqrt(mass), scores.Scale, 5);
        Assert.All(expected.Zip(scores.Sums.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 4));
    }

    [Fact]
    public void Add_TakenOutAgain_LeavesTheOthers()
    {
        var (table, _) = MakeLinks(new Random(3));
        var (scores, others) = (new LinkScores(), new LinkScores());
        scores.Begin(table.View, Tracks);
        others.Begin(table.View, Tracks);
        scores.Add(table.View, 5, 1);
        scores.Add(table.View, 9, 0.5f);
        scores.Add(table.View, 5, -1);
        others.Add(table.View, 9, 0.5f);
        Assert.Equal(others.Mass, scores.Mass, 6);
        Assert.All(others.Sums.ToArray().Zip(scores.Sums.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 5));
    }

    [Fact]
    public void Begin_AfterAnotherListener_RemembersNothing()
    {
        var (table, _) = MakeLinks(new Random(5));
        var scores = new LinkScores();
        for (var listener = 0; listener < 3; listener++)
        {
            scores.Begin(table.View, Tracks);
            Assert.False(scores.Sums.ContainsAnyExcept(0f));
            Assert.Equal((0, 0), (scores.Mass, scores.Scale));
            for (var track = listener; track < Tracks; track += 100)
            {
                scores.Add(table.View, track, 1);
            }

            Assert.True(scores.Sums.ContainsAnyExcept(0f));
        }

        // A smaller model, one without links, and the larger one again.
        scores.Begin(default, 10);
        Assert.Equal(10, scores.Sums.Length);
        scores.Begin(table.View, Tracks);
        Assert.False(scores.Sums.ContainsAnyExcept(0f));
    }

    [Theory]
    [InlineData(1, 1, 0, 1)]
    [InlineData(4, 1, 0, 1)]
    [InlineData(4, 1, 0.5, 2)]
    [InlineData(4, 0.5, 0.5, 1)]
    [InlineData(4, 0, 0.5, 0)]
    [InlineData(4, -1, 0.5, 0)]
    [InlineData(0, 1, 0, 0)]
    public void CountOf_AFact_IsItsPreferenceTimesAPowerOfItsConfidence(double confidence, double preference, double power, double expected) =>
        Assert.Equal(expected, new LinkParameters(0, 1, power, 0).CountOf(confidence, preference), 6);

    [Fact]
    public void Fill_FactsOfAListener_CountsWhatSpeaksForATrackAndIsKnown()
    {
        var taste = new UserTaste(TasteTransform.Default);
        void Apply(EventKind kind, int track) => taste.Apply(
            new UserEvent(new EventId($"{kind}{track}"), new UserId("u"), kind, new TrackId($"t{track}"), null, null, null, DateTimeOffset.UnixEpoch),
            new TrackIndex(track),
            null);
        Apply(EventKind.Listen, 10);
        Apply(EventKind.Listen, 11);
        Apply(EventKind.Like, 11);
        Apply(EventKind.Hide, 12);
        Apply(EventKind.Skip, 13);
        Apply(EventKind.Listen, 99);

        // Rows 0 to 3 are the tracks 10 to 13; the model does not know track 99. Each row is linked to the next.
        var links = new TrackLinkTable([0, 1, 2, 3, 3], [1, 2, 3], [1, 10, 100], new LinkParameters(3, 2, 0, 1));
        var model = new ServingModel(
            new SnapshotVersion(1), new FoldInParameters(1, 0.1, 0), 2, [1, 0, 0, 1, 1, 1, 0, 0], [1, 1, 1, 1], [10, 11, 12, 13], links: links);
        var scores = new LinkScores();
        scores.Fill(model, taste);

        Assert.Equal([0, 1, 10, 0], scores.Sums.ToArray());
        Assert.Equal(2, scores.Mass);
        Assert.Equal((2 * 0.6f) + (10 / 2f), scores.ScoreOf(model, [0.6f, 0], 2), 5);

        var plain = new ServingModel(new SnapshotVersion(1), new FoldInParameters(1, 0.1, 0), 2, [1, 0, 0, 1, 1, 1, 0, 0], [1, 1, 1, 1], [10, 11, 12, 13]);
        scores.Fill(plain, taste);
        Assert.Equal(0.6f, scores.ScoreOf(plain, [0.6f, 0], 2), 5);
    }

    private static (TrackLinkTable Table, double[,] Dense) MakeLinks(Random random)
    {
        var dense = new double[Tracks, Tracks];
        var (offsets, targets, weights) = (new long[Tracks + 1], new List<int>(), new List<float>());
        for (var track = 0; track < Tracks; track++)
        {
            foreach (var target in Enumerable.Range(0, 20).Select(_ => random.Next(Tracks)).Distinct().Order())
            {
                var weight = (float)(random.NextDouble() - 0.5);
                targets.Add(target);
                weights.Add(weight);
                dense[track, target] = weight;
            }

            offsets[track + 1] = targets.Count;
        }

        return (new TrackLinkTable(offsets, [.. targets], [.. weights], s_parameters with { Entries = targets.Count }), dense);
    }
}
