namespace Buddies.Api.Bodies;

/// <summary>Bounds what all bodies together may hold in memory, so that load is refused before memory grows.</summary>
internal sealed class BodyBudget(BuddiesApiOptions options)
{
    private long _taken;

    /// <summary>Takes bytes out of the budget.</summary>
    /// <returns>False, with nothing taken, when they are not there.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= options.MaxBufferedBytes)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    /// <summary>Puts bytes back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
