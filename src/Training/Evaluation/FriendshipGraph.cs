using Buddies.Engine.Identifiers;
using Buddies.Storage;

namespace Buddies.Training.Evaluation;

/// <summary>Who is whose friend: the listeners that appear in it are the pool in which buddies are looked for.</summary>
public sealed class FriendshipGraph
{
    private readonly int[][] _friends;

    /// <summary>Makes a graph.</summary>
    /// <param name="friendships">Pairs of different listeners; a pair given twice, or both ways, counts once.</param>
    public FriendshipGraph(IEnumerable<(UserId First, UserId Second)> friendships)
    {
        (UserId First, UserId Second)[] pairs = [.. friendships.Where(pair => pair.First != pair.Second)];
        Pool = [.. pairs.SelectMany(pair => new[] { pair.First, pair.Second }).Distinct().OrderBy(user => user.Value, StringComparer.Ordinal)];
        var positions = Pool.Select((user, i) => (user, i)).ToDictionary(pair => pair.user, pair => pair.i);
        var friends = Pool.Select(_ => new SortedSet<int>()).ToArray();
        foreach (var (first, second) in pairs)
        {
            friends[positions[first]].Add(positions[second]);
            friends[positions[second]].Add(positions[first]);
        }

        _friends = [.. friends.Select(set => set.ToArray())];
    }

    /// <summary>Every listener with a friend, in ordinal order.</summary>
    public IReadOnlyList<UserId> Pool { get; }

    /// <summary>Positions in <see cref="Pool"/> of a listener's friends, ascending; one or more.</summary>
    public ReadOnlySpan<int> FriendsOf(int listener) => _friends[listener];

    /// <summary>Reads the friendships of a store.</summary>
    public static async Task<FriendshipGraph> ReadAsync(IFriendshipStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var pairs = new List<(UserId, UserId)>();
        await foreach (var pair in store.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            pairs.Add(pair);
        }

        return new FriendshipGraph(pairs);
    }
}
