using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;

namespace Buddies.Engine.Tests.Snapshots;

public sealed class SnapshotTracesTests
{
    [Fact]
    public void Find_IdsOfASnapshot_AreFoundWholeAndNothingElseIs()
    {
        using var sample = new SnapshotSample();
        var contents = SnapshotSample.MakeContents();
        sample.Write(contents);
        Assert.All(contents.UserIds, user => Assert.Equal(["000003"], SnapshotTraces.Find(sample.Parent, user)));
        foreach (var other in new[] { "音楽", "楽1", "1音", "track-ä-1", "nobody" })
        {
            Assert.Empty(SnapshotTraces.Find(sample.Parent, new UserId(other)));
        }
    }

    [Fact]
    public void Find_AFileCutShort_CountsWhereItHoldsTheBytes()
    {
        using var sample = new SnapshotSample();
        var contents = SnapshotSample.MakeContents();
        sample.Write(contents);
        var partial = Directory.CreateDirectory(Path.Combine(sample.Parent, ".000004.partial")).FullName;
        var bytes = File.ReadAllBytes(Path.Combine(sample.Parent, "000003", "user-ids.bin"));
        File.WriteAllBytes(Path.Combine(partial, "user-ids.bin"), bytes[..^7]); // Without the last id.
        Assert.Equal([".000004.partial", "000003"], SnapshotTraces.Find(sample.Parent, contents.UserIds[0]));
        Assert.Equal(["000003"], SnapshotTraces.Find(sample.Parent, contents.UserIds[^1]));
    }

    [Fact]
    public void Find_NoSnapshots_IsEmpty() =>
        Assert.Empty(SnapshotTraces.Find(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("n")), new UserId("u")));
}
