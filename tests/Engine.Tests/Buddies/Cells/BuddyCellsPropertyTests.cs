using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Buddies.Cells;

/// <summary>What holds after any sequence of joins, moves, departures, hiding, blocking and activation.</summary>
public sealed class BuddyCellsPropertyTests
{
    private const int Users = 24;

    [Theory]
    [InlineData(1, 6, 3, 1)]
    [InlineData(5, 6, 3, 1)]
    [InlineData(5, 17, 7, 1)]
    public void AnySequence_NoDrift_EverySetEqualsBruteForceOverItsProbedCells(int cells, int dimension, int count, int slack) =>
        Property.ForSequences(CellsStep.Any(Users), 120, 60, steps =>
        {
            var map = BuddyCellsModelTests.MakeMap(new Random(cells), cells, dimension);
            using var index = new BuddyCells(map, count, slack);
            var model = new BuddyModel(map, count);
            for (var i = 0; i < steps.Length; i++)
            {
                steps[i].Take(index, model, dimension);
                model.AssertEqual(index, $"step {i}");
            }
        });

    /// <summary>Between searches somebody may be missing; but whoever is listed is there rightly, and ranks rightly.</summary>
    [Theory]
    [InlineData(1, 6, 3, 5)]
    [InlineData(5, 17, 7, 9)]
    public void AnySequence_WithDrift_WhoeverIsListedIsThereAndSeen(int cells, int dimension, int count, int slack) =>
        Property.ForSequences(CellsStep.Any(Users), 120, 60, steps =>
        {
            var map = BuddyCellsModelTests.MakeMap(new Random(cells), cells, dimension);
            using var index = new BuddyCells(map, count, slack, drift: 0.5f);
            var model = new BuddyModel(map, count);
            for (var i = 0; i < steps.Length; i++)
            {
                steps[i].Take(index, model, dimension);
                model.AssertSound(index, $"step {i}");
            }
        });

    /// <summary>A set that does not hear of others is true after its owner's own move.</summary>
    [Fact]
    public void NotWatching_OwnMove_SetEqualsBruteForce()
    {
        const int Dimension = 12;
        var random = new Random(4);
        var map = BuddyCellsModelTests.MakeMap(random, 6, Dimension);
        using var index = new BuddyCells(map, 7, 1, isWatching: false);
        var model = new BuddyModel(map, 7);
        for (var move = 0; move < 600; move++)
        {
            var user = random.Next(80);
            var vector = BuddyCellsModelTests.MakeVector(random, Dimension);
            index.Move(user, vector);
            index.Activate(user);
            model.Move(user, vector, index.CellOf(user));
            model.Active.Clear();
            model.Active.Add(user);
            model.AssertEqual(index, $"move {move}");
        }
    }

    /// <summary>Clustered listeners who wander: with drift, most of the true buddies are known at every moment, and searches are few.</summary>
    [Fact]
    public void WithDrift_ListenersWander_RecallStaysHigh()
    {
        const int Dimension = 32;
        const int Count = 20;
        const int Listeners = 3000;
        var random = new Random(6);
        var centres = Enumerable.Range(0, 12).Select(_ => BuddyCellsModelTests.MakeVector(random, Dimension)).ToArray();
        var vectors = Enumerable.Range(0, Listeners).Select(user => Near(centres[user % 12], 1)).ToArray();
        var map = CellTrainer.Train(vectors.SelectMany(vector => vector).ToArray(), Dimension, new CellOptions { Cells = 40, Nearest = Count });
        using var index = new BuddyCells(map, Count, 44, drift: 0.3f);
        for (var user = 0; user < Listeners; user++)
        {
            index.Move(user, vectors[user]);
        }

        index.Activate([.. Enumerable.Range(0, Listeners)]);
        var searches = index.Searches;
        for (var move = 0; move < 5 * Listeners; move++)
        {
            var user = random.Next(Listeners);
            var target = Near(centres[user % 12], 1);
            for (var i = 0; i < Dimension; i++)
            {
                vectors[user][i] = (0.93f * vectors[user][i]) + (0.07f * target[i]);
            }

            VectorKernels.Normalize(vectors[user]);
            index.Move(user, vectors[user]);
        }

        var (users, similarities) = (new int[Count], new float[Count]);
        var hits = 0;
        for (var user = 0; user < Listeners; user += 30)
        {
            var truth = Enumerable.Range(0, Listeners).Where(other => other != user)
                .OrderByDescending(other => index.SimilarityOf(user, other)).ThenBy(other => other).Take(Count).ToHashSet();
            Assert.Equal(Count, index.Read(user, users, similarities));
            hits += users.Count(truth.Contains);
        }

        var recall = hits / (Count * 100.0);
        Assert.True(recall >= 0.93, $"recall is {recall}");
        Assert.True(index.Searches - searches < 3 * Listeners, $"{index.Searches - searches} searches for {5 * Listeners} moves");

        float[] Near(float[] centre, float distance)
        {
            var vector = BuddyCellsModelTests.MakeVector(random, Dimension);
            for (var i = 0; i < Dimension; i++)
            {
                vector[i] = centre[i] + (distance * vector[i]);
            }

            VectorKernels.Normalize(vector);
            return vector;
        }
    }
}
