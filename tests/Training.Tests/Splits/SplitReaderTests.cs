using Buddies.Training.Splits;

namespace Buddies.Training.Tests.Splits;

public sealed class SplitReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("buddies-split-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_BothFiles_GivesRowsAndWhatIsHidden()
    {
        var split = SplitReader.Read(Write("train.txt", "0 3 1\n2 0 3 3\n"), Write("test.txt", "0 2\r\n1 5 4\n2 \n"));
        Assert.Equal(3, split.Training.RowCount);
        Assert.Equal(6, split.Training.ColumnCount);
        Assert.Equal([0, 2, 2, 4], split.Training.Offsets);
        Assert.Equal([1, 3, 0, 3], split.Training.Columns);
        Assert.All(split.Training.Confidences, confidence => Assert.Equal(1, confidence));
        Assert.Equal([2], split.Hidden[0]);
        Assert.Equal([4, 5], split.Hidden[1]);
        Assert.Empty(split.Hidden[2]);
        Assert.Equal([0, 1], split.JudgedUsers);
    }

    [Theory]
    [InlineData("0 1\n1 x 2\n", "line 2", "'x'")]
    [InlineData("0 1\n\n-1 2\n", "line 3", "'-1'")]
    [InlineData("0 1 2.5\n", "line 1", "'2.5'")]
    [InlineData("0 99999999\n", "line 1", "'99999999'")]
    [InlineData("0  1\n", "line 1", "''")]
    [InlineData("{\"users\": []}\n", "line 1", "'{\"users\":'")]
    public void Read_ALineOfAnotherForm_IsRefusedWithItsPlace(string content, string line, string word)
    {
        var error = Assert.Throws<TrainingException>(() => SplitReader.Read(Write("train.txt", content), Write("test.txt", "0 1\n")));
        Assert.Contains("train.txt", error.Message, StringComparison.Ordinal);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NothingThere_IsRefused()
    {
        var good = Write("good.txt", "0 1\n");
        Assert.Contains("no such file", Assert.Throws<TrainingException>(() => SplitReader.Read(Path.Combine(_folder, "none.txt"), good)).Message, StringComparison.Ordinal);
        Assert.Contains("got none", Assert.Throws<TrainingException>(() => SplitReader.Read(Write("empty.txt", "\n"), good)).Message, StringComparison.Ordinal);
        Assert.Contains("got none", Assert.Throws<TrainingException>(() => SplitReader.Read(good, Write("users.txt", "0\n1\n"))).Message, StringComparison.Ordinal);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
