using Buddies.Engine.Snapshots;

namespace Buddies.Cli.Tests.Train;

/// <summary><c>--trainer torch</c> where it cannot be had. What it does where it can: <c>tests/Training.Torch.Tests</c>.</summary>
public sealed class DeviceOptionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buddies-device-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Train_AssemblyThatIsNotThere_IsBadUsageAndSaysWhich()
    {
        var told = await FailAsync("--trainer", "torch", "--torch", Path.Combine(_directory, "none.dll"));
        Assert.Contains("none.dll", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_AssemblyOfAnotherKind_IsBadUsage()
    {
        var told = await FailAsync("--trainer", "torch", "--torch", typeof(Snapshot).Assembly.Location);
        Assert.Contains("has no ITrainingDeviceFactory", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_FileThatIsNoAssembly_IsBadUsage()
    {
        var path = Path.Combine(_directory, "text.dll");
        await File.WriteAllTextAsync(path, "text");
        Assert.Contains("cannot be loaded", await FailAsync("--trainer", "torch", "--torch", path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--device", "cpu")]
    [InlineData("--precision", "single")]
    [InlineData("--torch", "x.dll")]
    public async Task Train_OptionOfTheOtherTrainer_IsBadUsage(string option, string value) =>
        Assert.Contains($"{option} needs --trainer torch", await FailAsync(option, value), StringComparison.Ordinal);

    private async Task<string> FailAsync(params string[] arguments)
    {
        using var process = new ToolProcess(["train", "--data", _directory, .. arguments]);
        var (code, told) = await process.EndAsync();
        Assert.True(code == 2, $"{code}: {told}");
        Assert.False(File.Exists(Path.Combine(_directory, "buddies.db")), "a store was made although nothing is trained");
        return told;
    }
}
