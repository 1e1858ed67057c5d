namespace Buddies.Training.Validation;

/// <summary>How often a word came, and whether it tells of a group or of somebody.</summary>
internal sealed class WordCount
{
    /// <summary>A word of fewer listeners is not written down: it may name one of them.</summary>
    public const int LeastListeners = 5;

    private readonly List<ulong> _listeners = new(1);

    /// <summary>Examples with it.</summary>
    public long Examples { get; private set; }

    /// <summary>Whether enough different listeners had it.</summary>
    public bool IsOfMany => _listeners.Count >= LeastListeners;

    /// <summary>One more example.</summary>
    /// <param name="listener">A hash of whose it is.</param>
    public void Add(ulong listener)
    {
        Examples++;
        if (!IsOfMany && !_listeners.Contains(listener))
        {
            _listeners.Add(listener);
        }
    }
}
