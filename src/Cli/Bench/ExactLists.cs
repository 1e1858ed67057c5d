using System.Numerics.Tensors;

namespace Buddies.Cli.Bench;

/// <summary>
/// Everybody's nearest k, kept true by one scan for each move: the mover's new similarities against everybody's bound.
/// </summary>
/// <remarks>
/// A list holds k to k + slack listeners and a bound that no outsider exceeds. Who rises above it comes in, and pushes out
/// the worst of a full list, whose similarity is the new bound; who falls below it goes out. A list that has fewer than k
/// left is found anew. Not thread-safe.
/// </remarks>
internal sealed class ExactLists
{
    private readonly TiledVectors _vectors;
    private readonly BenchSetup _setup;
    private readonly int _capacity;
    private readonly int[] _users;
    private readonly float[] _similarities;
    private readonly int[] _counts;
    private readonly float[] _bounds;
    private readonly float[] _query;
    private readonly int[] _newUsers;
    private readonly float[] _newSimilarities;
    private readonly Holders _holders;
    private readonly MoveScan _scan;
    private readonly ExactScan _refill;

    /// <summary>Makes all lists, with all cores.</summary>
    public ExactLists(TiledVectors vectors, BenchSetup setup)
    {
        _vectors = vectors;
        _setup = setup;
        _capacity = Math.Min(setup.K + Math.Max(16, setup.K / 2), setup.Count - 1);
        _users = new int[setup.Count * _capacity];
        _similarities = new float[_users.Length];
        _counts = new int[setup.Count];
        _bounds = new float[vectors.Blocks * TiledVectors.BlockRows];
        _query = new float[setup.Dimension];
        _newUsers = new int[_capacity];
        _newSimilarities = new float[_capacity];
        _holders = new Holders(setup.Count, _capacity);
        _scan = new MoveScan(vectors, setup.Count);
        _refill = new ExactScan(vectors, setup.Count);
        Parallel.For(0, setup.Count, () => (Scan: new ExactScan(vectors, setup.Count), Query: new float[setup.Dimension]), (user, _, own) =>
        {
            Find(user, own.Scan, own.Query);
            return own;
        }, _ => { });
        for (var user = 0; user < setup.Count; user++)
        {
            HoldAll(user);
        }
    }

    /// <summary>Bytes held.</summary>
    public long Bytes => (_users.Length * 8L) + (_counts.Length * 8L) + _holders.Bytes;

    /// <summary>Moves a listener.</summary>
    public void Move(int user, ReadOnlySpan<float> vector)
    {
        _vectors.Set(user, vector);
        var found = _scan.Run(user, vector, _bounds, _newUsers, _newSimilarities);
        foreach (var holder in _holders.Of(user))
        {
            _scan.Mark(holder);
        }

        foreach (var other in _scan.Marked)
        {
            if (other != user)
            {
                Change(other, user, _scan.Scores[other]);
            }
        }

        ReleaseAll(user);
        _newUsers.AsSpan(0, found).CopyTo(_users.AsSpan(user * _capacity));
        _newSimilarities.AsSpan(0, found).CopyTo(_similarities.AsSpan(user * _capacity));
        SetFull(user, found);
        HoldAll(user);
    }

    /// <summary>Reads the best k of a list.</summary>
    public int Read(int user, Span<int> buddies)
    {
        var keys = _similarities.AsSpan(user * _capacity, _counts[user]).ToArray();
        var users = _users.AsSpan(user * _capacity, _counts[user]).ToArray();
        TensorPrimitives.Negate(keys, keys);
        Array.Sort(keys, users);
        var count = Math.Min(_setup.K, users.Length);
        users.AsSpan(0, count).CopyTo(buddies);
        return count;
    }

    private void Change(int list, int user, float similarity)
    {
        var users = _users.AsSpan(list * _capacity, _counts[list]);
        var at = users.IndexOf(user);
        if (at >= 0 && similarity >= _bounds[list])
        {
            _similarities[(list * _capacity) + at] = similarity;
        }
        else if (at >= 0)
        {
            RemoveAt(list, at);
            _holders.Remove(user, list);
            if (_counts[list] < _setup.K)
            {
                ReleaseAll(list);
                Find(list, _refill, _query);
                HoldAll(list);
            }
        }
        else if (similarity > _bounds[list])
        {
            Insert(list, user, similarity);
        }
    }

    private void Insert(int list, int user, float similarity)
    {
        if (_counts[list] == _capacity)
        {
            var similarities = _similarities.AsSpan(list * _capacity, _capacity);
            var worst = TensorPrimitives.IndexOfMin<float>(similarities);
            if (similarities[worst] >= similarity)
            {
                _bounds[list] = similarity;
                return;
            }

            _bounds[list] = similarities[worst];
            _holders.Remove(_users[(list * _capacity) + worst], list);
            RemoveAt(list, worst);
        }

        var end = (list * _capacity) + _counts[list]++;
        _users[end] = user;
        _similarities[end] = similarity;
        _holders.Add(user, list);
    }

    private void RemoveAt(int list, int at)
    {
        var last = (list * _capacity) + --_counts[list];
        _users[(list * _capacity) + at] = _users[last];
        _similarities[(list * _capacity) + at] = _similarities[last];
    }

    private void Find(int user, ExactScan scan, float[] query)
    {
        _vectors.Get(user, query);
        SetFull(user, scan.FindNearest(
            query, user, _users.AsSpan(user * _capacity, _capacity), _similarities.AsSpan(user * _capacity, _capacity)));
    }

    /// <summary>After a scan, no outsider is nearer than the last one found.</summary>
    private void SetFull(int user, int found)
    {
        _counts[user] = found;
        _bounds[user] = found == _capacity ? _similarities[(user * _capacity) + found - 1] : float.NegativeInfinity;
    }

    private void HoldAll(int list)
    {
        foreach (var user in _users.AsSpan(list * _capacity, _counts[list]))
        {
            _holders.Add(user, list);
        }
    }

    private void ReleaseAll(int list)
    {
        foreach (var user in _users.AsSpan(list * _capacity, _counts[list]))
        {
            _holders.Remove(user, list);
        }
    }
}
