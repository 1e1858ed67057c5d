using Buddies.Training.Checkpoints;

namespace Buddies.Training.Tests.Checkpoints;

public sealed class EpochFileTests : IDisposable
{
    private static readonly string s_key = new('a', 64);
    private readonly string _folder = Directory.CreateTempSubdirectory("buddies-epoch-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "one.epoch");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_Read_GivesTheSameBits()
    {
        var state = Sample();
        EpochFile.Write(Path, s_key, state);
        var read = EpochFile.TryRead(Path, s_key);
        Assert.NotNull(read);
        Assert.Equal(state.Epoch, read.Epoch);
        Assert.Equal(state.Objectives, read.Objectives);
        Assert.Equal(state.Factors, read.Factors);
    }

    [Fact]
    public void TryRead_OfAnotherTraining_GivesNone()
    {
        EpochFile.Write(Path, s_key, Sample());
        Assert.Null(EpochFile.TryRead(Path, new string('b', 64)));
        Assert.Null(EpochFile.TryRead(Path + ".absent", s_key));
    }

    [Fact]
    public void TryRead_AnyByteFlippedOrAnyLengthCut_GivesNone()
    {
        EpochFile.Write(Path, s_key, Sample());
        var whole = File.ReadAllBytes(Path);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 0x10;
            File.WriteAllBytes(Path, damaged);
            Assert.True(EpochFile.TryRead(Path, s_key) is null, $"byte {i} of {whole.Length} was flipped, and it was believed");
            File.WriteAllBytes(Path, whole[..i]);
            Assert.True(EpochFile.TryRead(Path, s_key) is null, $"it was cut to {i} of {whole.Length} bytes, and it was believed");
        }
    }

    [Fact]
    public void TrainingFolder_OfAnotherTraining_IsEmptiedAtItsBeginning()
    {
        var notes = new List<string>();
        var job = new TrainingJob(12, "data", "parameters", DateTimeOffset.UnixEpoch);
        using (var folder = TrainingFolder.TryOpen(_folder, notes.Add)!)
        {
            folder.Begin(job);
            Assert.Null(folder.Interrupted());
            folder.Save(s_key, Sample());
            Assert.Null(TrainingFolder.TryOpen(_folder, notes.Add));
            Assert.Contains("keeps no checkpoints", Assert.Single(notes), StringComparison.Ordinal);
        }

        using var again = TrainingFolder.TryOpen(_folder, notes.Add)!;
        Assert.Equal(job, again.Interrupted());
        again.Begin(job with { StartedAt = DateTimeOffset.UnixEpoch.AddDays(1) });
        Assert.Equal(3, again.Find(s_key)?.Epoch);
        again.Begin(job with { Data = "other" });
        Assert.Null(again.Find(s_key));
    }

    private static EpochState Sample() => new(3, [4.5, 3.25, double.Epsilon], [1f, -2f, float.Epsilon, 0f, 3e38f]);
}
