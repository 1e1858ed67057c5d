namespace Buddies.Embedded;

/// <summary>
/// Collects moves, so that listeners who move together are looked through the cells together; small, so that nobody waits
/// long for the cells.
/// </summary>
internal sealed class MoveBatch(LockedBuddyCells cells)
{
    private const int Size = 32;

    private readonly int[] _users = new int[Size];
    private readonly float[] _vectors = new float[Size * cells.Dimension];
    private int _count;

    /// <summary>Notes where a listener moves; each at most once before the next <see cref="Flush"/>.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="unit">[d], unit length; all zero takes the listener out.</param>
    public void Add(int user, ReadOnlySpan<float> unit)
    {
        if (!unit.ContainsAnyExcept(0f))
        {
            cells.Remove(user);
            return;
        }

        _users[_count] = user;
        unit.CopyTo(_vectors.AsSpan(_count * cells.Dimension));
        if (++_count == Size)
        {
            Flush();
        }
    }

    /// <summary>Moves whoever was noted.</summary>
    public void Flush()
    {
        cells.Move(_users.AsSpan(0, _count), _vectors.AsSpan(0, _count * cells.Dimension));
        _count = 0;
    }
}
