namespace Buddies.Embedded;

/// <summary>The listeners with a buddy set, for whoever wants a sample of them. Safe for concurrent use.</summary>
internal sealed class ActiveListeners
{
    private readonly Lock _lock = new();
    private readonly List<int> _users = [];
    private readonly Dictionary<int, int> _places = [];

    public void Add(int user)
    {
        lock (_lock)
        {
            if (_places.TryAdd(user, _users.Count))
            {
                _users.Add(user);
            }
        }
    }

    public void Remove(int user)
    {
        lock (_lock)
        {
            if (_places.Remove(user, out var place))
            {
                var last = _users[^1];
                _users.RemoveAt(_users.Count - 1);
                if (last != user)
                {
                    _users[place] = last;
                    _places[last] = place;
                }
            }
        }
    }

    /// <summary>Draws listeners, each at most once.</summary>
    /// <returns>How many were drawn: fewer than there is room for when there are no more.</returns>
    public int Sample(Random random, Span<int> users)
    {
        lock (_lock)
        {
            var count = Math.Min(users.Length, _users.Count);
            for (var i = 0; i < count; i++)
            {
                // The first steps of a shuffle.
                var other = random.Next(i, _users.Count);
                (_users[i], _users[other]) = (_users[other], _users[i]);
                (_places[_users[i]], _places[_users[other]]) = (i, other);
                users[i] = _users[i];
            }

            return count;
        }
    }
}
