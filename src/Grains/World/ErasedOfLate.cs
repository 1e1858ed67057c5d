using System.Collections.Concurrent;

namespace Buddies.Grains.World;

/// <summary>Who was erased a short while ago, so that what is still under way of them between silos finds nobody.</summary>
/// <remarks>Safe for concurrent use. Longer than <see cref="s_kept"/> no message is under way.</remarks>
internal sealed class ErasedOfLate(TimeProvider time)
{
    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (long Through, long At)> _erased = new(StringComparer.Ordinal);
    private volatile bool _isEmpty = true;

    /// <summary>Takes note of an erasure.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="through">The last offset of the one who was erased; 0 where it is not known.</param>
    /// <returns>False where this erasure is known.</returns>
    public bool TryAdd(string user, long through)
    {
        var isNew = true;
        _erased.AddOrUpdate(user, _ => (through, time.GetTimestamp()), (_, known) =>
        {
            isNew = through > known.Through;
            return isNew ? (through, time.GetTimestamp()) : known;
        });
        _isEmpty = false;
        return isNew;
    }

    /// <summary>Whether an erasure of this listener is known.</summary>
    public bool Contains(string user) => !_isEmpty && _erased.ContainsKey(user);

    /// <summary>Whether what is told of a listener is of the one who was erased, not of one who came back under the id.</summary>
    public bool Covers(string user, long offset) => !_isEmpty && _erased.TryGetValue(user, out var known) && offset <= known.Through;

    /// <summary>Forgets those of long ago.</summary>
    public void Prune()
    {
        foreach (var (user, known) in _erased)
        {
            if (time.GetElapsedTime(known.At) > s_kept)
            {
                _ = _erased.TryRemove(new(user, known));
            }
        }

        _isEmpty = _erased.IsEmpty;
    }
}
