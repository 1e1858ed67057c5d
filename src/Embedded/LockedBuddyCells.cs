using System.Numerics.Tensors;
using Buddies.Engine.Buddies.Cells;

namespace Buddies.Embedded;

/// <summary>The buddy cells behind one lock, held over each call and never longer: the cells have one writer.</summary>
/// <remarks>Everybody whose vector is not zero is a resident. Each listener is moved and activated by its owner alone.</remarks>
internal sealed class LockedBuddyCells(CellMap map, int count, int slack) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly BuddyCells _cells = new(map, count, slack);

    /// <summary>K.</summary>
    public int Count { get; } = count;

    /// <summary>d.</summary>
    public int Dimension { get; } = map.Dimension;

    /// <summary>Listeners in the cells.</summary>
    public int Residents
    {
        get
        {
            lock (_lock)
            {
                return _cells.Residents;
            }
        }
    }

    /// <summary>Listeners with a buddy set.</summary>
    public int ActiveCount
    {
        get
        {
            lock (_lock)
            {
                return _cells.ActiveCount;
            }
        }
    }

    /// <summary>Bytes of codes, vectors, sets and tables.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _cells.Bytes;
            }
        }
    }

    /// <summary>The time in milliseconds since the start, which searches are dated with.</summary>
    public long Now
    {
        get
        {
            lock (_lock)
            {
                return _cells.Now;
            }
        }

        set
        {
            lock (_lock)
            {
                _cells.Now = value;
            }
        }
    }

    /// <summary>Moves listeners, or lets them join.</summary>
    /// <param name="users">Each at most once.</param>
    /// <param name="vectors">[users × d], unit length.</param>
    public void Move(ReadOnlySpan<int> users, ReadOnlySpan<float> vectors)
    {
        lock (_lock)
        {
            _cells.Move(users, vectors);
        }
    }

    /// <summary>Takes a listener out of the cells and of every set.</summary>
    public void Remove(int user)
    {
        lock (_lock)
        {
            _cells.Remove(user);
        }
    }

    /// <summary>Gives a resident a buddy set, unless it has one.</summary>
    /// <returns>False for one who is not in the cells.</returns>
    public bool TryActivate(int user)
    {
        lock (_lock)
        {
            if (!_cells.IsResident(user))
            {
                return false;
            }

            _cells.Activate(user);
            return true;
        }
    }

    /// <summary>Takes a buddy set away.</summary>
    public void Deactivate(int user)
    {
        lock (_lock)
        {
            _cells.Deactivate(user);
        }
    }

    /// <summary>Reads a buddy set.</summary>
    /// <returns>How many there are, at most K; 0 without a set.</returns>
    public int Read(int user, Span<int> users, Span<float> similarities)
    {
        lock (_lock)
        {
            return _cells.Read(user, users, similarities);
        }
    }

    /// <summary>How well a buddy set stands; null without one.</summary>
    public BuddySetState? StateOf(int user)
    {
        lock (_lock)
        {
            return _cells.StateOf(user);
        }
    }

    /// <summary>Copies a resident's vector.</summary>
    /// <returns>False, and nothing copied, for one who is not in the cells.</returns>
    public bool TryCopyVector(int user, Span<float> vector)
    {
        lock (_lock)
        {
            if (!_cells.IsResident(user))
            {
                return false;
            }

            _cells.VectorOf(user).CopyTo(vector);
            return true;
        }
    }

    /// <summary>Copies the vectors of the residents among some neighbouring positions.</summary>
    /// <param name="from">The first position.</param>
    /// <param name="users">Destination for residents; its length says how many positions are looked at.</param>
    /// <param name="vectors">Destination, [users × d].</param>
    /// <returns>How many residents there are.</returns>
    public int CopyVectors(int from, Span<int> users, Span<float> vectors)
    {
        lock (_lock)
        {
            var found = 0;
            for (var user = from; user < from + users.Length; user++)
            {
                if (_cells.IsResident(user))
                {
                    users[found] = user;
                    _cells.VectorOf(user).CopyTo(vectors[(found++ * Dimension)..]);
                }
            }

            return found;
        }
    }

    /// <summary>Reads a buddy set, and true similarities as of the same moment.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="vector">[d], where the listener is expected to stand.</param>
    /// <param name="nearest">Others whose similarities are asked for.</param>
    /// <param name="listed">Scratch space, [K].</param>
    /// <param name="similarities">Scratch space, [K].</param>
    /// <returns>Similarities of those in the set who are residents, and of those of the others who are; null when the listener stands elsewhere, or has no set.</returns>
    public (float[] Listed, float[] Others)? ReadWithSimilarities(
        int user, ReadOnlySpan<float> vector, ReadOnlySpan<int> nearest, Span<int> listed, Span<float> similarities)
    {
        lock (_lock)
        {
            if (!_cells.IsResident(user) || _cells.StateOf(user) is null || !_cells.VectorOf(user).SequenceEqual(vector))
            {
                return null;
            }

            listed = listed[.._cells.Read(user, listed, similarities)];
            var (ofListed, ofOthers) = (new List<float>(listed.Length), new List<float>(nearest.Length));
            foreach (var other in listed)
            {
                AddSimilarity(ofListed, vector, other);
            }

            foreach (var other in nearest)
            {
                if (!listed.Contains(other))
                {
                    AddSimilarity(ofOthers, vector, other);
                }
            }

            return ([.. ofListed], [.. ofOthers]);
        }
    }

    private void AddSimilarity(List<float> similarities, ReadOnlySpan<float> vector, int other)
    {
        if (_cells.IsResident(other))
        {
            similarities.Add(TensorPrimitives.Dot(vector, _cells.VectorOf(other)));
        }
    }

    /// <summary>Frees the codes.</summary>
    public void Dispose() => _cells.Dispose();
}
