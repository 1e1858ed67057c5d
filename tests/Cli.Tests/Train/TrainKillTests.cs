using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Storage.Sqlite;
using Buddies.Training.Synth;

namespace Buddies.Cli.Tests.Train;

/// <summary><c>buddies train</c>, killed with SIGKILL in the middle of its epochs.</summary>
public sealed class TrainKillTests : IDisposable
{
    private const int Epochs = 60;
    private static readonly string[] s_constants = ["--dimension", "32", "--threads", "1"];

    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-train-kill-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [SignalsTheory]
    [InlineData("als")]
    [InlineData("auto")]
    public async Task Train_KilledAgainAndAgain_EndsWithTheBytesOfTheUndisturbedRun(string model)
    {
        const int seed = 20261123;
        var random = new Random(seed);
        var (disturbed, undisturbed) = await MakeTwoAsync();
        string[] train = ["train", "--epochs", $"{Epochs}", "--model", model, .. s_constants];
        using (var whole = new ToolProcess([.. train, "--data", undisturbed]))
        {
            var (exitCode, errors) = await whole.EndAsync();
            Assert.True(exitCode == 0, errors);
        }

        var reached = 0;
        for (var round = 0; round < 3; round++)
        {
            reached += 1 + random.Next(Epochs / 4);
            using var killed = new ToolProcess([.. train, "--data", disturbed]);
            await UntilEpochAsync(disturbed, reached, killed);
            await killed.KillAsync();
            Assert.False(Directory.Exists(Path.Combine(disturbed, "snapshots", "000001")), $"seed {seed}, round {round}: it had ended before it was killed");
        }

        if (model == "auto")
        {
            // Once more, while links are chosen: the factors that they stand beside are kept whole, and those to choose by are begun.
            using var searching = new ToolProcess([.. train, "--data", disturbed]);
            await UntilStagesAsync(disturbed, 3, searching);
            await searching.KillAsync();
            Assert.False(Directory.Exists(Path.Combine(disturbed, "snapshots", "000001")), "it had ended before it was killed");
        }

        using var last = new ToolProcess([.. train, "--data", disturbed]);
        var (code, told) = await last.EndAsync();
        Assert.True(code == 0, told);
        Assert.Contains("Goes on after epoch", told, StringComparison.Ordinal);
        Assert.Equal(HashesOf(undisturbed), HashesOf(disturbed));
        Assert.Equal(model == "auto", HashesOf(disturbed).Any(file => file.StartsWith("track-links.bin", StringComparison.Ordinal)));
        Assert.Equal(["lock"], Directory.EnumerateFiles(Path.Combine(disturbed, "training")).Select(Path.GetFileName));
    }

    [SignalsFact]
    public async Task Train_ResumedAfterMoreEvents_EndsWithTheEventsItBeganWith()
    {
        var (disturbed, undisturbed) = await MakeTwoAsync();
        string[] train = ["train", "--epochs", $"{Epochs}", .. s_constants];
        using (var whole = new ToolProcess([.. train, "--data", undisturbed]))
        {
            Assert.Equal(0, (await whole.EndAsync()).ExitCode);
        }

        using (var killed = new ToolProcess([.. train, "--data", disturbed]))
        {
            await UntilEpochAsync(disturbed, 2, killed);
            await killed.KillAsync();
        }

        await using (var store = await SqliteStore.OpenAsync(Path.Combine(disturbed, "buddies.db")))
        {
            var late = new UserEvent(
                new EventId("late"), SyntheticWorld.ListenerId(1), EventKind.Like, SyntheticWorld.TrackId(1), null, null, null, DateTimeOffset.UtcNow);
            await store.Events.AppendAsync([late], default);
        }

        using var resumed = new ToolProcess([.. train, "--data", disturbed, "--resume"]);
        var (code, told) = await resumed.EndAsync();
        Assert.True(code == 0, told);
        Assert.Equal(HashesOf(undisturbed), HashesOf(disturbed));
    }

    [SignalsFact]
    public async Task Train_Cancelled_KeepsWhatAModelCanBeMadeOf()
    {
        var (disturbed, undisturbed) = await MakeTwoAsync();
        using (var cancelled = new ToolProcess(["train", "--epochs", "100000", .. s_constants, "--data", disturbed]))
        {
            await UntilEpochAsync(disturbed, 3, cancelled);
            using var interrupt = Process.Start("kill", [IsInterruptIgnored ? "-TERM" : "-INT", $"{cancelled.Id}"]);
            await interrupt.WaitForExitAsync();
            var (code, told) = await cancelled.EndAsync();
            Assert.True(code == 1 && told.Contains("epochs are kept", StringComparison.Ordinal), told);
        }

        var kept = EpochOf(disturbed);
        using (var made = new ToolProcess(["train", "--resume", "--epochs", $"{kept}", .. s_constants, "--data", disturbed]))
        {
            var (code, told) = await made.EndAsync();
            Assert.True(code == 0 && told.Contains($"Goes on after epoch {kept} ", StringComparison.Ordinal), told);
        }

        using var whole = new ToolProcess(["train", "--epochs", $"{kept}", .. s_constants, "--data", undisturbed]);
        Assert.Equal(0, (await whole.EndAsync()).ExitCode);
        Assert.Equal(HashesOf(undisturbed), HashesOf(disturbed));
    }

    /// <summary>Whoever runs the tests in a shell's background has them, and what they start, ignore SIGINT; SIGTERM cancels as well.</summary>
    private static bool IsInterruptIgnored =>
        File.Exists("/proc/self/status")
        && (Convert.ToUInt64(File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim(), 16) & 0b10) != 0;

    /// <summary>Every file of the one snapshot but the manifest, which has times in it.</summary>
    private static List<string> HashesOf(string data)
    {
        var snapshot = Directory.GetDirectories(Path.Combine(data, "snapshots"), "0*").Single();
        return [.. Directory.GetFiles(snapshot).Order().Where(file => !Path.GetFileName(file).StartsWith("manifest", StringComparison.Ordinal))
            .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}")];
    }

    private static async Task UntilEpochAsync(string data, int epoch, ToolProcess process)
    {
        while (EpochOf(data) < epoch)
        {
            Assert.False(process.HasExited, "it ended too soon");
            await Task.Delay(2); // Another process decides when; there is nothing to await.
        }
    }

    private static async Task UntilStagesAsync(string data, int stages, ToolProcess process)
    {
        while (Directory.GetFiles(Path.Combine(data, "training"), "*.epoch").Length < stages)
        {
            Assert.False(process.HasExited, "it ended too soon");
            await Task.Delay(2); // Another process decides when; there is nothing to await.
        }
    }

    /// <summary>The latest epoch that is kept; the number stands behind the magic and the version.</summary>
    private static int EpochOf(string data)
    {
        var folder = Path.Combine(data, "training");
        var epoch = 0;
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.epoch") : [])
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var start = new byte[16];
            stream.ReadExactly(start);
            epoch = Math.Max(epoch, BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(12)));
        }

        return epoch;
    }

    private async Task<(string First, string Second)> MakeTwoAsync()
    {
        var (first, second) = (Path.Combine(_directory, "first"), Path.Combine(_directory, "second"));
        Directory.CreateDirectory(second);
        await using (var store = await SqliteStore.OpenAsync(Path.Combine(first, "buddies.db")))
        {
            var world = SyntheticWorld.Create(new SyntheticWorldOptions
            {
                Listeners = 500, Tracks = 600, Artists = 60, Communities = 8, EventsPerListener = 40, Seed = 5, AsOf = DateTimeOffset.UtcNow,
            });
            await using var session = await store.BeginImportAsync("synth", default);
            world.WriteTo(session, null, default);
            await session.CommitAsync(default);
        }

        foreach (var file in Directory.GetFiles(first))
        {
            File.Copy(file, Path.Combine(second, Path.GetFileName(file)));
        }

        return (first, second);
    }
}
