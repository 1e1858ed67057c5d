using Buddies.Engine.Serving;

namespace Buddies.Grains.Versions;

/// <summary>
/// This silo's right to answer by the versions that it serves: as long as it knows what the doorman's record said a short
/// while ago. Who cannot learn that any more may have been shut out, and stops by itself.
/// </summary>
/// <remarks>
/// It is looked at with every answer, not by a timer, so that a silo that stood still stops too. Whoever shut this silo out
/// waits longer than this before anything else is committed. Safe for concurrent use.
/// </remarks>
internal sealed class ServingLease(TimeProvider time, TimeSpan length)
{
    private long _readAt;
    private volatile bool _isServing;

    /// <summary>Whether this silo may answer.</summary>
    public bool IsHeld => _isServing && time.GetElapsedTime(Volatile.Read(ref _readAt)) < length;

    /// <summary>The record said that this silo is admitted.</summary>
    /// <param name="at">A timestamp of before the record was read.</param>
    public void Renew(long at)
    {
        var known = Volatile.Read(ref _readAt);
        while (at > known)
        {
            var before = Interlocked.CompareExchange(ref _readAt, at, known);
            if (before == known)
            {
                return;
            }

            known = before;
        }
    }

    /// <summary>Orders to serve were followed, or orders to stop.</summary>
    public void Set(bool isServing) => _isServing = isServing;

    /// <exception cref="RecommenderUnavailableException">This silo may not answer now.</exception>
    public void Check()
    {
        if (!IsHeld)
        {
            throw new RecommenderUnavailableException("This silo does not know what is served now.");
        }
    }
}
