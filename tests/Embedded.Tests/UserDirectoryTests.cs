using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Embedded.Tests;

public sealed class UserDirectoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Directory_AnySequence_FindsWhatADictionaryFinds(int seed)
    {
        var random = new Random(seed);
        var (directory, model) = (new UserDirectory(), new Dictionary<string, UserState>());
        var facts = new UserTaste(TasteTransform.Default);
        for (var step = 0; step < 40_000; step++)
        {
            var id = new UserId($"u{random.Next(6000)}");
            if (model.TryGetValue(id.Value, out var known))
            {
                Assert.Same(known, directory.Find(id));
                Assert.Same(known, directory.Find(id.Value.AsSpan()));
                Assert.Same(known, directory.Find(known.Index.Value));
                if (random.Next(2) == 0)
                {
                    directory.Remove(known, mayReuse: random.Next(2) == 0);
                    model.Remove(id.Value);
                    Assert.Null(directory.Find(id));
                    Assert.Null(directory.Find(known.Index.Value));
                }
            }
            else
            {
                Assert.Null(directory.Find(id));
                model[id.Value] = directory.Add(id, facts);
            }

            Assert.Equal(model.Count, directory.Count);
        }

        Assert.Equal(model.Values.Select(state => state.Index.Value).Order(), directory.All.Select(state => state.Index.Value).Order());
        Assert.True(directory.All.All(state => state.Index.Value < directory.Positions));
    }

    [Fact]
    public async Task Directory_ReadWhileItGrows_NeverMissesAnybody()
    {
        var directory = new UserDirectory();
        var facts = new UserTaste(TasteTransform.Default);
        var added = 0;
        var writer = Task.Run(() =>
        {
            for (var i = 0; i < 60_000; i++)
            {
                directory.Add(new UserId($"u{i}"), facts);
                Volatile.Write(ref added, i + 1);
            }
        });
        var random = new Random(3);
        while (!writer.IsCompleted)
        {
            var known = Volatile.Read(ref added);
            if (known > 0)
            {
                var i = random.Next(known);
                Assert.True(directory.Find(new UserId($"u{i}")) is { } state && state.Id.Value == $"u{i}", $"u{i} of {known} is missing");
            }
        }

        await writer;
    }
}
