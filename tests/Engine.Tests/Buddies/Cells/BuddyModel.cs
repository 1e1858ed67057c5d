using Buddies.Engine.Buddies.Cells;

namespace Buddies.Engine.Tests.Buddies.Cells;

/// <summary>What buddy sets must be, by brute force over everybody whom the cells let a listener see.</summary>
internal sealed class BuddyModel(CellMap map, int count)
{
    private readonly SortedDictionary<int, float[]> _vectors = [];
    private readonly Dictionary<int, int> _cells = [];
    private readonly HashSet<int> _invisible = [];
    private readonly HashSet<(int, int)> _blocked = [];

    public HashSet<int> Active { get; } = [];

    public float[]? Find(int user) => _vectors.GetValueOrDefault(user);

    public void Move(int user, float[] vector, int cell)
    {
        _vectors[user] = vector;
        _cells[user] = cell;
    }

    public void Remove(int user)
    {
        _vectors.Remove(user);
        _cells.Remove(user);
        Active.Remove(user);
        _invisible.Remove(user);
    }

    public void SetInvisible(int user, bool isInvisible) => _ = isInvisible ? _invisible.Add(user) : _invisible.Remove(user);

    public void Block(int first, int second, bool isBlocked)
    {
        foreach (var pair in new[] { (first, second), (second, first) })
        {
            _ = isBlocked ? _blocked.Add(pair) : _blocked.Remove(pair);
        }
    }

    public Dictionary<int, (int, float)[]> ReadAll(BuddyCells index)
    {
        var (users, similarities) = (new int[count], new float[count]);
        return Active.ToDictionary(
            user => user,
            user => Enumerable.Range(0, index.Read(user, users, similarities)).Select(i => (users[i], similarities[i])).ToArray());
    }

    public Dictionary<int, int> ReadVersions(BuddyCells index) => Active.ToDictionary(user => user, index.VersionOf);

    public void AssertEqual(BuddyCells index, string when)
    {
        var (users, similarities) = (new int[count], new float[count]);
        Assert.Equal(_vectors.Count, index.Residents);
        foreach (var user in Active)
        {
            var expected = Expect(user);
            var found = index.Read(user, users, similarities);
            var actual = Enumerable.Range(0, found).Select(i => (users[i], similarities[i]));
            Assert.True(
                expected.SequenceEqual(actual),
                $"{when}, listener {user}: expected {string.Join(' ', expected)}; got {string.Join(' ', actual)}");
        }
    }

    /// <summary>Whoever is listed is in, visible and not blocked, has the right similarity, and ranks before those who follow.</summary>
    public void AssertSound(BuddyCells index, string when)
    {
        var (users, similarities) = (new int[count], new float[count]);
        foreach (var user in Active)
        {
            var found = index.Read(user, users, similarities);
            for (var i = 0; i < found; i++)
            {
                var other = users[i];
                Assert.True(
                    other != user && _vectors.ContainsKey(other) && !_invisible.Contains(other) && !_blocked.Contains((user, other)),
                    $"{when}: {other} must not be in the set of {user}");
                Assert.Equal(SimilarityOf(_vectors[user], _vectors[other]), similarities[i]);
                Assert.True(
                    i == 0 || similarities[i - 1] > similarities[i] || (similarities[i - 1] == similarities[i] && users[i - 1] < other),
                    $"{when}: places {i - 1} and {i} of {user} are not in order");
            }

            // Nobody else is known to be in: with everybody in one cell and at least K of them, K are listed.
            if (map.CellCount == 1)
            {
                Assert.Equal(Math.Min(count, Expect(user).Count), found);
            }
        }
    }

    // In sixteen bits and whole numbers, like the cells, but in plain code.
    private static float SimilarityOf(float[] left, float[] right) =>
        left.Zip(right).Sum(pair => (int)MathF.Round(pair.First * 32767) * (int)MathF.Round(pair.Second * 32767)) * (1 / (32767f * 32767f));

    private List<(int User, float Similarity)> Expect(int user) =>
    [
        .. _vectors
            .Where(other => other.Key != user && !_invisible.Contains(other.Key) && !_blocked.Contains((user, other.Key))
                && map.Probes(_cells[user]).Contains(_cells[other.Key]))
            .Select(other => (User: other.Key, Similarity: SimilarityOf(_vectors[user], other.Value)))
            .OrderByDescending(other => other.Similarity).ThenBy(other => other.User)
            .Take(count),
    ];
}
