using Buddies.Engine.Doorman;

namespace Buddies.Grains.Doorman;

/// <summary>How long a commit takes to be in force on every silo. One writer.</summary>
internal sealed class FlipClock(TimeProvider time)
{
    private readonly HashSet<Member> _flipped = [];
    private long _committedAt;
    private long _epoch = long.MaxValue;
    private bool _isDone = true;

    /// <summary>From the last commit until the first silo had answered that it serves; null before.</summary>
    public TimeSpan? First { get; private set; }

    /// <summary>Until the last one had, of those that have answered.</summary>
    public TimeSpan? Last { get; private set; }

    /// <summary>Other versions are committed.</summary>
    public void Begin(long epoch)
    {
        _flipped.Clear();
        (_committedAt, _epoch, First, Last, _isDone) = (time.GetTimestamp(), epoch, null, null, false);
    }

    /// <summary>A silo has answered that it serves.</summary>
    /// <param name="silo">Which.</param>
    /// <param name="epoch">By orders of which epoch; later ones say the same of what is served.</param>
    /// <returns>Whether that is its first answer since the last commit.</returns>
    public bool OnAnswered(Member silo, long epoch)
    {
        if (epoch < _epoch || !_flipped.Add(silo))
        {
            return false;
        }

        // The answer comes after the flip: it is a little later than it was.
        Last = time.GetElapsedTime(_committedAt);
        First ??= Last;
        return true;
    }

    /// <summary>Whether all who have to serve do by now; said once for each commit.</summary>
    /// <param name="nodes">Who has to.</param>
    public bool IsOver(IReadOnlyCollection<Member> nodes)
    {
        if (_isDone || Last is null || !nodes.All(_flipped.Contains))
        {
            return false;
        }

        _isDone = true;
        return true;
    }
}
