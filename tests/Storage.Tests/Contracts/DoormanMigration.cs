using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Tests.Contracts;

/// <summary>Commits from before the doorman's record, and what becomes of them.</summary>
internal static class DoormanMigration
{
    /// <summary>Versions 1 to 4; 1, 2, 3 and then 2 again became current.</summary>
    public const string Rows = """
        INSERT INTO models (version, folder, created_at, manifest_sha256, watermark)
            VALUES (1, 'a', 0, 's', 0), (2, 'b', 0, 's', 0), (3, 'c', 0, 's', 0), (4, 'd', 0, 's', 0);
        INSERT INTO model_commits (epoch, version, at) VALUES (1, 1, 1000), (2, 2, 2000), (3, 3, 3000), (4, 2, 4000);
        """;

    public static async Task CheckAsync(IStore store)
    {
        var record = await store.Doorman.ReadAsync(default);
        Assert.Equal((4L, new SnapshotVersion(2)), (record.Epoch, record.Current));
        Assert.Equal(
            [
                new VersionRecord(new SnapshotVersion(1), VersionState.Retired, default, []),
                new VersionRecord(new SnapshotVersion(2), VersionState.Current, new SnapshotVersion(1), []),
                new VersionRecord(new SnapshotVersion(3), VersionState.Retired, new SnapshotVersion(2), []),
                new VersionRecord(new SnapshotVersion(4)),
            ],
            record.Versions);
        Assert.Equal(new SnapshotVersion(1), record.Former);
        var journal = await store.Doorman.ReadJournalAsync(0, 9, default);
        Assert.Equal([(1L, 1), (2, 2), (3, 3), (4, 2)], journal.Select(entry => (entry.Epoch, entry.Version.Value)));
        Assert.All(journal, entry => Assert.Equal((JournalAction.Current, entry.Epoch * 1000), (entry.Action, entry.At.ToUnixTimeMilliseconds())));
        Assert.Equal(new CurrentModel(4, new SnapshotVersion(2)), await store.Models.CurrentAsync(default));
    }
}
