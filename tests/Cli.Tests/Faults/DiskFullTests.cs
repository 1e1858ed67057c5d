using System.Diagnostics;
using Buddies.Cli.Server;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage;
using Buddies.Storage.Sqlite;

namespace Buddies.Cli.Tests.Faults;

/// <summary>A server whose disk is a small tmpfs that runs full.</summary>
public sealed class DiskFullTests
{
    private const int Batch = 500;

    [TmpfsFact]
    public async Task Server_DiskFull_Answers503ReadsOn_AndGoesOnWhenThereIsRoom()
    {
        using var disk = SmallDisk.Mount(megabytes: 24);
        var ballast = Path.Combine(disk.Folder, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[8 << 20]);
        var choice = new StoreChoice(StoreChoice.Sqlite, Path.Combine(disk.Folder, "data"), null);
        await MakeWorldAsync(choice);
        var acknowledged = 0;
        await using (var server = await ServerProcess.StartReadyAsync(new ServerLaunch(BuiltServer.FilePath, choice), default))
        {
            using var door = new EventDoor(server.Url);
            using var status = new ServerStatus(server.Url);
            var answer = await door.PostAsync(Lines(acknowledged), default);
            while (answer.IsTaken)
            {
                Assert.Equal(Batch, answer.Accepted);
                acknowledged += Batch;
                Assert.True(acknowledged < 2_000_000, "the disk does not run full");
                answer = await door.PostAsync(Lines(acknowledged), default);
            }

            Assert.True(answer.Status == 503, $"{answer.Status}: {answer.Detail}");
            Assert.NotNull(answer.RetryAfter);
            Assert.Contains("the disk is full", answer.Detail, StringComparison.Ordinal);
            Assert.Equal(acknowledged, await status.ReadEventCountAsync("u", default));

            File.Delete(ballast);
            answer = await door.PostUntilTakenAsync(Lines(acknowledged), null, new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
            Assert.Equal((202, Batch, 0), (answer.Status, answer.Accepted, answer.Duplicates));
            acknowledged += Batch;
            answer = await door.PostAsync(Lines(0), default);
            Assert.Equal((202, 0, Batch), (answer.Status, answer.Accepted, answer.Duplicates));
            Assert.Equal(acknowledged, await status.ReadEventCountAsync("u", default));
            await server.KillAsync();
        }

        await using var again = await ServerProcess.StartReadyAsync(new ServerLaunch(BuiltServer.FilePath, choice), default);
        using var after = new ServerStatus(again.Url);
        Assert.Equal(acknowledged, await after.ReadEventCountAsync("u", default));
    }

    private static ReadOnlyMemory<byte> Lines(int from) => EventLines.Render(Enumerable.Range(from, Batch).Select(n => new UserEvent(
        new EventId($"e{n}"), new UserId("u"), EventKind.Listen, new TrackId($"t{n % 50}"), null, 200_000, 200_000, DateTimeOffset.UtcNow)));

    /// <summary>A store that is not empty, so that the server does not fill it with a world of its own.</summary>
    private static async Task MakeWorldAsync(StoreChoice choice)
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(choice.DataDirectory, "buddies.db"));
        await store.Catalogue.UpsertTracksAsync([.. Enumerable.Range(0, 50).Select(n => new Engine.Catalogue.Track(new TrackId($"t{n}"), $"Title {n}", "Artist", []))], default);
    }

    /// <summary>A tmpfs that is unmounted with its contents.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private SmallDisk(string folder) => Folder = folder;

        public string Folder { get; }

        public static SmallDisk Mount(int megabytes)
        {
            var disk = new SmallDisk(Directory.CreateTempSubdirectory("buddies-small-").FullName);
            if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "buddies-test", disk.Folder) is { } error)
            {
                Directory.Delete(disk.Folder);
                throw new InvalidOperationException(error);
            }

            return disk;
        }

        /// <summary>Why this machine lets us mount none; null where it does.</summary>
        public static string? FindObstacle()
        {
            try
            {
                using var tried = Mount(1);
                return null;
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                return e.Message;
            }
        }

        public void Dispose()
        {
            if (Run("umount", Folder) is { } error)
            {
                throw new InvalidOperationException(error);
            }

            Directory.Delete(Folder);
        }

        private static string? Run(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program} failed: {error}";
        }
    }

    /// <summary>A fact that needs the right to mount a tmpfs; says so where there is none.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class TmpfsFactAttribute : FactAttribute
    {
        public TmpfsFactAttribute()
        {
            if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            {
                Skip = "NOT TESTED: a full disk needs a small tmpfs, which only root may mount, on Linux.";
            }
            else if (SmallDisk.FindObstacle() is { } obstacle)
            {
                Skip = $"NOT TESTED: a full disk needs a small tmpfs: {obstacle}";
            }
        }
    }
}
