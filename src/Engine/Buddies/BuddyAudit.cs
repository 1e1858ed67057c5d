using Buddies.Engine.Vectors;

namespace Buddies.Engine.Buddies;

/// <summary>Finds the true nearest listeners of a few, by comparing each of them with everybody.</summary>
/// <remarks>
/// Everybody is offered in pieces of any size, and each piece serves all who are audited while it is in the cache. Not
/// thread-safe. Allocates nothing after the constructor.
/// </remarks>
public sealed class BuddyAudit
{
    /// <summary>Similarities so near to the K-th count as equal to it: rounding may decide between them, or a listener's last small step.</summary>
    public const float Tolerance = 1e-4f;

    private const int Block = 512;

    private readonly int _kept;
    private readonly int _dimension;
    private readonly int[] _users;
    private readonly float[] _vectors;
    private readonly int[] _nearest;
    private readonly float[] _similarities;
    private readonly int[] _counts;
    private readonly float[] _scores = new float[Block];

    /// <summary>Starts with nobody.</summary>
    /// <param name="most">How many listeners may be audited at one time.</param>
    /// <param name="kept">How many of the nearest are found for each: K, and some to spare where listeners move meanwhile.</param>
    /// <param name="dimension">d.</param>
    public BuddyAudit(int most, int kept, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        (_kept, _dimension) = (kept, dimension);
        (_users, _counts, _vectors) = (new int[most], new int[most], new float[most * dimension]);
        (_nearest, _similarities) = (new int[most * kept], new float[most * kept]);
    }

    /// <summary>Listeners who are audited.</summary>
    public int Count { get; private set; }

    /// <summary>Begins anew.</summary>
    public void Clear() => Count = 0;

    /// <summary>Audits one more listener.</summary>
    /// <param name="user">A listener's number.</param>
    /// <param name="vector">[d], unit length.</param>
    /// <exception cref="InvalidOperationException">There is no room for another.</exception>
    public void Add(int user, ReadOnlySpan<float> vector)
    {
        if (Count == _users.Length)
        {
            throw new InvalidOperationException($"Expected at most {_users.Length} listeners.");
        }

        _users[Count] = user;
        _counts[Count] = 0;
        vector.CopyTo(_vectors.AsSpan(Count++ * _dimension, _dimension));
    }

    /// <summary>A listener who is audited.</summary>
    /// <param name="index">0 to <see cref="Count"/>.</param>
    /// <returns>The listener's number.</returns>
    public int UserOf(int index) => _users[index];

    /// <summary>The vector that everybody is compared with.</summary>
    /// <param name="index">0 to <see cref="Count"/>.</param>
    /// <returns>[d].</returns>
    public ReadOnlySpan<float> VectorOf(int index) => _vectors.AsSpan(index * _dimension, _dimension);

    /// <summary>Compares with some more of everybody.</summary>
    /// <param name="users">Listeners' numbers, each offered once.</param>
    /// <param name="vectors">[users × d], unit length.</param>
    /// <exception cref="ArgumentException">A length contradicts the others.</exception>
    public void Offer(ReadOnlySpan<int> users, ReadOnlySpan<float> vectors)
    {
        if (vectors.Length != users.Length * _dimension)
        {
            throw new ArgumentException($"Expected {users.Length} vectors of {_dimension}, got {vectors.Length} values.", nameof(vectors));
        }

        for (var from = 0; from < users.Length; from += Block)
        {
            var count = Math.Min(Block, users.Length - from);
            for (var index = 0; index < Count; index++)
            {
                OfferBlock(index, users.Slice(from, count), vectors.Slice(from * _dimension, count * _dimension));
            }
        }
    }

    /// <summary>The nearest of all who were offered, the audited listener left out, in no order.</summary>
    /// <param name="index">0 to <see cref="Count"/>.</param>
    /// <returns>Listeners' numbers.</returns>
    public ReadOnlySpan<int> NearestOf(int index) => _nearest.AsSpan(index * _kept, _counts[index]);

    /// <summary>Judges a set by true similarities.</summary>
    /// <param name="listed">Of those whom the set lists and who are still there.</param>
    /// <param name="others">Of the nearest whom it does not list.</param>
    /// <param name="count">K.</param>
    /// <returns>How many of the true first K are listed, and how many there are: K, or fewer listeners.</returns>
    public static (int Hits, int Expected) Judge(ReadOnlySpan<float> listed, ReadOnlySpan<float> others, int count)
    {
        float[] all = [.. listed, .. others];
        Array.Sort(all);
        var expected = Math.Min(count, all.Length);
        var hits = 0;
        foreach (var similarity in listed)
        {
            hits += similarity >= all[^expected] - Tolerance ? 1 : 0;
        }

        return (Math.Min(hits, expected), expected);
    }

    private void OfferBlock(int index, ReadOnlySpan<int> users, ReadOnlySpan<float> vectors)
    {
        var scores = _scores.AsSpan(0, users.Length);
        VectorKernels.ScoreRows(vectors, VectorOf(index), scores);
        var similarities = _similarities.AsSpan(index * _kept, _kept);
        var top = new TopK(_nearest.AsSpan(index * _kept, _kept), similarities, _counts[index]);
        for (var i = 0; i < scores.Length; i++)
        {
            if ((top.Count < _kept || scores[i] >= similarities[0]) && users[i] != _users[index])
            {
                top.Offer(users[i], scores[i]);
            }
        }

        _counts[index] = top.Count;
    }
}
