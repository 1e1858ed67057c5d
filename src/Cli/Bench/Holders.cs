namespace Buddies.Cli.Bench;

/// <summary>Whose lists a listener is in: the lists, turned around.</summary>
/// <param name="count">n.</param>
/// <param name="expected">How many lists a listener is usually in.</param>
internal sealed class Holders(int count, int expected)
{
    private readonly int[][] _lists = [.. Enumerable.Range(0, count).Select(_ => new int[expected])];
    private readonly int[] _counts = new int[count];

    /// <summary>Bytes held.</summary>
    public long Bytes => _lists.Sum(list => 24L + (list.Length * sizeof(int))) + (_counts.Length * 12L);

    /// <summary>The lists that hold a listener, in no order.</summary>
    public ReadOnlySpan<int> Of(int user) => _lists[user].AsSpan(0, _counts[user]);

    public void Add(int user, int list)
    {
        if (_counts[user] == _lists[user].Length)
        {
            Array.Resize(ref _lists[user], Math.Max(4, _counts[user] * 2));
        }

        _lists[user][_counts[user]++] = list;
    }

    public void Remove(int user, int list)
    {
        var at = Of(user).IndexOf(list);
        _lists[user][at] = _lists[user][--_counts[user]];
    }
}
