using Buddies.Engine.Snapshots;

namespace Buddies.Engine.Tests.Snapshots;

/// <summary>Files go only when nobody reads them. The lock is one of the system: between processes it holds as within one.</summary>
public sealed class SnapshotHoldTests : IDisposable
{
    private readonly SnapshotSample _sample = new();

    public void Dispose() => _sample.Dispose();

    [Fact]
    public void TryTakeAlone_WhileSomebodyReads_GivesNothing()
    {
        var folder = _sample.Write().Folder;
        var (first, second) = (Snapshot.Open(folder), Snapshot.Open(folder));
        Assert.Null(SnapshotHold.TryTakeAlone(folder));
        first.Dispose();
        Assert.Null(SnapshotHold.TryTakeAlone(folder));
        Assert.True(second.TryAddReference());
        second.Dispose();
        Assert.Null(SnapshotHold.TryTakeAlone(folder));
        second.RemoveReference();

        using var hold = SnapshotHold.TryTakeAlone(folder);
        Assert.NotNull(hold);
    }

    [Fact]
    public void Open_WhileItIsHeldAlone_IsRefusedAndThenWorksAgain()
    {
        var folder = _sample.Write().Folder;
        using (var hold = SnapshotHold.TryTakeAlone(folder))
        {
            Assert.NotNull(hold);
            Assert.Throws<SnapshotException>(() => Snapshot.Open(folder));
            Assert.Null(SnapshotHold.TryTakeAlone(folder));
        }

        Snapshot.Open(folder).Dispose();
    }

    [Fact]
    public void Open_DamagedSnapshot_LetsGoOfIt()
    {
        var folder = _sample.Write().Folder;
        File.AppendAllText(Path.Combine(folder, "track-ids.bin"), "x");
        Assert.Throws<SnapshotException>(() => Snapshot.Open(folder));

        using var hold = SnapshotHold.TryTakeAlone(folder);
        Assert.NotNull(hold);
    }

    [Fact]
    public void Remove_HeldAlone_LeavesNothing()
    {
        var folder = _sample.Write().Folder;
        using (var hold = SnapshotHold.TryTakeAlone(folder))
        {
            hold!.Remove();
        }

        Assert.Empty(Directory.GetFileSystemEntries(_sample.Parent));
        Assert.Null(SnapshotHold.TryTakeAlone(folder));
    }

    [Fact]
    public void Remove_AfterOneThatDiedInTheMiddle_LeavesNothing()
    {
        var folder = _sample.Write().Folder;
        var rest = Directory.CreateDirectory(Path.Combine(_sample.Parent, ".000003.partial"));
        File.WriteAllText(Path.Combine(rest.FullName, "track-ids.bin"), "x");
        using (var hold = SnapshotHold.TryTakeAlone(folder))
        {
            hold!.Remove();
        }

        Assert.Empty(Directory.GetFileSystemEntries(_sample.Parent));
    }

    [Fact]
    public void Read_WhileANewerOneIsWrittenAndTheOldOneIsAskedToGo_GoesOn()
    {
        var contents = SnapshotSample.MakeContents();
        using var snapshot = Snapshot.Open(_sample.Write(contents).Folder);
        for (var version = 4; version < 8; version++)
        {
            SnapshotWriter.Write(_sample.Parent, $"{version:D6}", SnapshotSample.MakeContents(), SnapshotSample.MakeTemplate(version));
            Assert.Null(SnapshotHold.TryTakeAlone(snapshot.Folder));
            Assert.Equal(contents.TrackFactors, snapshot.TrackFactors.ToArray());
        }
    }
}
