using Buddies.Engine.Identifiers;
using Buddies.Storage.Home;

namespace Buddies.Storage.Tests;

public sealed class SiloFolderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-folders-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void Take_ByThree_GivesThree_AndOneThatWasGivenBackIsTakenAgain()
    {
        using var one = SiloFolder.Take(_directory);
        using var three = TakeBesideAnother(out var second);
        Assert.Equal(("silo-1", "silo-2", "silo-3"), (one.Name, second, three.Name));
        using var again = SiloFolder.Take(_directory);
        Assert.Equal("silo-2", again.Name);
    }

    [Fact]
    public async Task Erase_OfFoldersThatNobodyHolds_TakesTheLinesOut_AndTellsWhichAreHeld()
    {
        using var mine = SiloFolder.Take(_directory);
        using (var gone = SiloFolder.Take(_directory))
        {
            foreach (var folder in new[] { mine.Impressions, gone.Impressions, gone.Experiments, Path.Combine(_directory, "impressions") })
            {
                Directory.CreateDirectory(folder);
                await File.WriteAllTextAsync(Path.Combine(folder, "shown-1.ndjson"), "{\"user\":\"ann\"}\n{\"user\":\"ben\"}\n{\"user\":\"ann\",\"cu");
            }
        }

        Assert.Equal(3, (await SiloFolder.ReadAsync(_directory, new UserId("ann"))).Shown.Count); // What is cut is no line.
        Assert.Equal(["silo-1"], await SiloFolder.EraseUnheldAsync(_directory, new UserId("ann"), [], new HashSet<string>(), withRoot: true));
        Assert.Single((await SiloFolder.ReadAsync(_directory, new UserId("ann"))).Shown);
        Assert.Equal(3, (await SiloFolder.ReadAsync(_directory, new UserId("ben"))).Shown.Count);
        Assert.All(
            Directory.GetFiles(_directory, "*.ndjson", SearchOption.AllDirectories).Where(file => !file.Contains("silo-1", StringComparison.Ordinal)),
            file => Assert.Equal("{\"user\":\"ben\"}", File.ReadAllText(file).Trim()));
        Assert.Empty(await SiloFolder.EraseUnheldAsync(_directory, new UserId("ann"), [new PlaylistId("of-ann")], new HashSet<string> { "silo-1" }, withRoot: true));
    }

    private SiloFolder TakeBesideAnother(out string other)
    {
        using var second = SiloFolder.Take(_directory);
        other = second.Name;
        return SiloFolder.Take(_directory);
    }
}
