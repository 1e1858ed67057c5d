using Buddies.Engine.Buddies.Cells;

namespace Buddies.Engine.Tests.Buddies.Cells;

/// <summary>Threads do everything at once; when they are done, every set is what brute force says.</summary>
public sealed class BuddyCellsConcurrencyTests
{
    private const int Users = 240;
    private const int Dimension = 16;

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 6, 0)]
    [InlineData(3, 6, 0)]
    [InlineData(4, 6, 0.3)]
    public async Task ManyThreads_AfterThem_EverySetEqualsBruteForce(int seed, int cells, double drift)
    {
        const int Threads = 4;
        var map = BuddyCellsModelTests.MakeMap(new Random(seed), cells, Dimension);
        using var index = new BuddyCells(map, 7, 9, (float)drift);
        var model = new BuddyModel(map, 7);
        for (var round = 0; round < 12; round++)
        {
            // Everybody belongs to one thread; blocking crosses from one to another.
            var number = round;
            await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() => Work(index, new Random((seed * 1000) + (number * 10) + thread), thread, Threads))));
            Copy(index, model);
            if (drift == 0)
            {
                model.AssertEqual(index, $"round {round}");
            }
            else
            {
                // Between searches somebody may be missing, but whoever is listed is there rightly.
                model.AssertSound(index, $"round {round}");
            }
        }
    }

    private static void Work(BuddyCells index, Random random, int thread, int threads)
    {
        var (users, similarities) = (new int[7], new float[7]);
        for (var i = 0; i < 300; i++)
        {
            var user = (random.Next(Users / threads) * threads) + thread;
            switch (random.Next(16))
            {
                case 0:
                    index.Remove(user);
                    break;
                case 1 or 2 when index.IsResident(user):
                    index.Activate(user);
                    break;
                case 3:
                    index.Deactivate(user);
                    break;
                case 4 when index.IsResident(user):
                    index.SetInvisible(user, random.Next(2) == 0);
                    break;
                case 5:
                    index.Read(random.Next(Users), users, similarities);
                    break;
                case 6 when thread == 0:
                    index.Block(user, random.Next(Users));
                    break;
                case 7 when thread == 0:
                    index.Unblock(user, random.Next(Users));
                    break;
                default:
                    index.Move(user, BuddyCellsModelTests.MakeVector(random, Dimension));
                    break;
            }
        }
    }

    private static void Copy(BuddyCells index, BuddyModel model)
    {
        var vector = new float[Dimension];
        model.Active.Clear();
        for (var user = 0; user < Users; user++)
        {
            model.Remove(user);
            if (index.CopyVector(user, vector))
            {
                model.Move(user, [.. vector], index.CellOf(user));
                model.SetInvisible(user, index.IsInvisible(user));
                if (index.StateOf(user) is not null)
                {
                    model.Active.Add(user);
                }
            }
        }

        foreach (var first in Enumerable.Range(0, Users))
        {
            foreach (var second in Enumerable.Range(first + 1, Users - first - 1))
            {
                model.Block(first, second, index.IsBlocked(first, second));
            }
        }
    }
}
