namespace Buddies.Embedded.Versions;

/// <summary>
/// Listeners of one partition whose vector in a version is older than their facts: each once, however much they listened.
/// Owned by the partition; only the count is shared.
/// </summary>
internal sealed class BehindListeners
{
    private readonly HashSet<UserState> _listeners = [];
    private volatile int _count;

    /// <summary>Shared.</summary>
    public int Count => _count;

    /// <summary>Whether a piece of work that folds them in is in the partition's inbox.</summary>
    public bool IsPosted { get; set; }

    public void Add(UserState state)
    {
        if (_listeners.Add(state))
        {
            _count = _listeners.Count;
        }
    }

    public bool Remove(UserState state)
    {
        if (_count == 0 || !_listeners.Remove(state))
        {
            return false;
        }

        _count = _listeners.Count;
        return true;
    }

    /// <summary>Takes any one of them.</summary>
    /// <returns>Null when there is none.</returns>
    public UserState? Take()
    {
        foreach (var state in _listeners)
        {
            Remove(state);
            return state;
        }

        return null;
    }
}
