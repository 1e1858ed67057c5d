using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Grains.World;

/// <summary>Everybody this silo has heard of, by id and by position in its cells.</summary>
internal sealed class Residents : IKnownTracks
{
    private readonly ConcurrentDictionary<string, Resident> _byId = new(StringComparer.Ordinal);
    private readonly Lock _adding = new();
    private volatile Resident?[] _byIndex = new Resident?[1024];
    private int _next;

    public int Count => _byId.Count;

    /// <summary>Every position is below this.</summary>
    public int Positions => Volatile.Read(ref _next);

    public ICollection<Resident> All => _byId.Values;

    public bool TryFind(string user, [NotNullWhen(true)] out Resident? resident) => _byId.TryGetValue(user, out resident);

    public Resident? Find(int index) => index < _byIndex.Length ? Volatile.Read(ref _byIndex[index]) : null;

    public Resident GetOrAdd(string user)
    {
        if (_byId.TryGetValue(user, out var known))
        {
            return known;
        }

        lock (_adding)
        {
            if (_byId.TryGetValue(user, out known))
            {
                return known;
            }

            var added = new Resident(new UserId(user), Next());
            Volatile.Write(ref _byIndex[added.Index], added);
            _byId[user] = added;
            return added;
        }
    }

    /// <summary>A position that no listener has, nor will have.</summary>
    public int Reserve()
    {
        lock (_adding)
        {
            return Next();
        }
    }

    /// <summary>Forgets a listener. The position is not used again: somebody may have noted it.</summary>
    public void Remove(Resident resident)
    {
        lock (_adding)
        {
            if (_byId.TryRemove(new(resident.Id.Value, resident)))
            {
                Volatile.Write(ref _byIndex[resident.Index], null);
            }
        }
    }

    /// <summary>What was fetched of a listener; nothing where nothing was.</summary>
    public int CopyKnownTracks(UserIndex user, Span<int> tracks)
    {
        if (Find(user.Value)?.Known is not { } known)
        {
            return 0;
        }

        var count = Math.Min(known.Length, tracks.Length);
        known.AsSpan(0, count).CopyTo(tracks);
        return count;
    }

    /// <summary>The next position. Under <see cref="_adding"/>.</summary>
    private int Next()
    {
        if (_next >= _byIndex.Length)
        {
            var larger = new Resident?[_byIndex.Length * 2];
            _byIndex.CopyTo(larger, 0);
            _byIndex = larger;
        }

        return _next++;
    }
}

/// <summary>One listener as every silo knows it: a place in the cells, and what was fetched of the facts.</summary>
internal sealed class Resident(UserId id, int index)
{
    private const int MostVersions = 4;

    private (int Version, long Offset)[] _places = [];
    private long _offset;

    public UserId Id { get; } = id;

    public int Index { get; } = index;

    /// <summary>Held while the listener moves in the cells: the owner and a late message of a former owner may meet.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The last event that this silo has heard of.</summary>
    public long Offset
    {
        get => Volatile.Read(ref _offset);
        set => Volatile.Write(ref _offset, value);
    }

    /// <summary>Known tracks by position in this silo's catalogue, ascending; null until they are fetched, and after a change.</summary>
    public int[]? Known { get; set; }

    /// <summary>Tracks with facts, as of when <see cref="Known"/> was fetched last.</summary>
    public int TrackCount { get; set; }

    /// <summary>Takes note of the event that the place in a version will have in it. Under <see cref="Gate"/>.</summary>
    /// <param name="version">The version's serial number.</param>
    /// <param name="offset">The event.</param>
    /// <returns>False where a newer one is in it.</returns>
    public bool TryAdvance(int version, long offset)
    {
        var at = Array.FindIndex(_places, place => place.Version == version);
        if (at < 0)
        {
            // More than these are never side by side; the oldest has gone.
            _places = [.. _places.OrderBy(place => place.Version).TakeLast(MostVersions - 1), (version, offset)];
            return true;
        }

        if (offset < _places[at].Offset)
        {
            return false;
        }

        _places[at].Offset = offset;
        return true;
    }
}
