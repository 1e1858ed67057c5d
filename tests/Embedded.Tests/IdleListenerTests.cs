using System.Globalization;
using System.Runtime.CompilerServices;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Training;
using Xunit.Abstractions;

namespace Buddies.Embedded.Tests;

/// <summary>Memory is the whole process's: nobody else may be at work.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>
/// What a listener costs who does nothing, beside the facts and the id's text: the place in the cells and in the
/// directory. <c>BUDDIES_IDLE_LISTENERS</c> says of how many.
/// </summary>
[Collection(nameof(Alone))]
public sealed class IdleListenerTests(ITestOutputHelper output)
{
    private const int Dimension = 64;

    [Fact]
    public void IdleListeners_WithoutFactsAndIds_KeepToTheirBudget()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("BUDDIES_IDLE_LISTENERS") ?? "60000", CultureInfo.InvariantCulture);
        var map = Train(count);
        UserId[] ids = [.. Enumerable.Range(0, count).Select(i => new UserId(string.Create(CultureInfo.InvariantCulture, $"u{i:D7}")))];
        var facts = new UserTaste(TasteTransform.Default);
        var (managed, resident) = Used();

        var directory = new UserDirectory();
        foreach (var id in ids)
        {
            directory.Add(id, facts);
        }

        var (afterDirectory, _) = Used();
        var options = new EmbeddedOptions { DataDirectory = "" };
        using var cells = new BuddyCells(map, options.Buddies, options.BuddySlack, options.BuddyDrift);
        var empty = cells.Bytes;
        var random = new Random(1);
        var vector = new float[Dimension];
        for (var i = 0; i < count; i++)
        {
            NextVector(random, vector);
            cells.Place(i, vector);
        }

        var (after, residentAfter) = Used();
        GC.KeepAlive(ids);
        GC.KeepAlive(directory);

        // Vectors, codes and tables are outside the managed heap, in chunks of megabytes: the cells count them whole.
        var perDirectory = (afterDirectory - managed) / (double)count;
        var perCells = (after - afterDirectory + cells.Bytes - empty) / (double)count;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} listeners in {map.CellCount} cells: directory {perDirectory:F1} B, cells {perCells:F1} B, process {(residentAfter - resident) / (double)count:F1} B"));
        Assert.Equal(count, cells.Residents);
        Assert.InRange(perDirectory, 60, 100);
        Assert.InRange(perDirectory + perCells, 300, 512);
    }

    private static (long Managed, long Resident) Used()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return (GC.GetTotalMemory(true), Environment.WorkingSet);
    }

    /// <summary>In a method of its own: what it needs for a while must be gone before anything is counted.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static CellMap Train(int count)
    {
        var random = new Random(1);
        var vectors = new float[count * Dimension];
        for (var i = 0; i < count; i++)
        {
            NextVector(random, vectors.AsSpan(i * Dimension, Dimension));
        }

        return ListenerCells.Train(vectors, Dimension);
    }

    private static void NextVector(Random random, Span<float> vector)
    {
        // A few hundred crowds: what k-means finds is then even enough.
        var crowd = new Random(random.Next(300));
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = (float)(crowd.NextDouble() - 0.5 + (0.6 * (random.NextDouble() - 0.5)));
        }

        VectorKernels.Normalize(vector);
    }
}
