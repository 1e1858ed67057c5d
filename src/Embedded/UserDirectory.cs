using System.Collections.Concurrent;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Embedded;

/// <summary>Finds listeners by id and by position. Reading takes no lock.</summary>
internal sealed class UserDirectory : IKnownTracks
{
    private const int BlockSize = 4096;

    private readonly ConcurrentDictionary<string, UserState> _byId = new(StringComparer.Ordinal);
    private readonly Lock _growing = new();
    private volatile UserState?[][] _blocks = [];
    private int _next;

    public int Count => _byId.Count;

    public IEnumerable<UserState> All => _byId.Values;

    public UserState? Find(UserId user) => _byId.GetValueOrDefault(user.Value);

    public UserState? Find(int index) =>
        index / BlockSize < _blocks.Length ? Volatile.Read(ref _blocks[index / BlockSize][index % BlockSize]) : null;

    /// <summary>Called by the owner of the id alone.</summary>
    public UserState Add(UserId user, UserTaste facts)
    {
        lock (_growing)
        {
            var index = _next++;
            if (index / BlockSize == _blocks.Length)
            {
                _blocks = [.. _blocks, new UserState?[BlockSize]];
            }

            var state = new UserState(user, new UserIndex(index), facts);
            Volatile.Write(ref _blocks[index / BlockSize][index % BlockSize], state);
            _byId[user.Value] = state;
            return state;
        }
    }

    public void Remove(UserState state)
    {
        _byId.TryRemove(state.Id.Value, out _);
        Volatile.Write(ref _blocks[state.Index.Value / BlockSize][state.Index.Value % BlockSize], null);
    }

    public int CopyKnownTracks(UserIndex user, Span<int> tracks) => Find(user.Value)?.CopyKnownTracks(tracks) ?? 0;
}
