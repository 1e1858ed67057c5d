using System.Globalization;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Storage.Sqlite;

/// <summary>Makes one of two versions current after the other, and says each epoch once it is durable.</summary>
internal static class DoormanWriter
{
    public static async Task RunAsync(string path)
    {
        await using var store = await SqliteStore.OpenAsync(path);
        while ((await store.Models.ListAsync(default)).Count < 2)
        {
            var version = await store.Models.ReserveVersionAsync(default);
            await store.Models.RegisterAsync(new RegisteredModel(version, $"{version}", DateTimeOffset.UnixEpoch, "", 0), default);
        }

        while (true)
        {
            var before = await store.Doorman.ReadAsync(default);
            var epoch = before.Epoch + 1;
            var next = before with
            {
                Epoch = epoch,
                Current = before.Versions[(int)(epoch % 2)].Version,
                Nodes = [new Member(new NodeId("a"), epoch)],
                Versions =
                [
                    .. before.Versions.Select((version, i) => version with { State = i == epoch % 2 ? VersionState.Current : VersionState.Retired }),
                ],
            };
            JournalEntry[] journal = [Entry(JournalAction.Current, next.Current), Entry(JournalAction.Retired, before.Current)];
            if (await store.Doorman.TryWriteAsync(before.Epoch, next, journal, default))
            {
                Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{epoch};\n"));
                Console.Out.Flush();
            }

            JournalEntry Entry(JournalAction action, SnapshotVersion of) =>
                new(epoch, DateTimeOffset.UnixEpoch, action, of, "a", "", [], new Dictionary<string, double>());
        }
    }
}
