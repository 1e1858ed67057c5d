using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Npgsql;

namespace Buddies.Storage.Postgres;

/// <summary>Tells an import which events are there already, at once and exactly: a user's keys are read when the user first appears.</summary>
/// <remarks>Bounded: when too many are remembered all are forgotten, and read again as their users come back.</remarks>
internal sealed class KnownKeys(NpgsqlConnection connection, Action flush)
{
    // Some 100 MiB.
    private const int Capacity = 2_000_000;

    private const string Find = "SELECT k.id_hash FROM event_keys k JOIN users u ON u.no = k.user_no WHERE u.id = $1";

    private readonly Dictionary<UserId, HashSet<Guid>> _keys = [];
    private int _count;

    /// <summary>Takes an event's key in.</summary>
    /// <returns>False for one that is there already.</returns>
    public bool Add(in UserEvent @event)
    {
        if (_count >= Capacity)
        {
            // What waits to be written must be there to be read again.
            flush();
            _keys.Clear();
            _count = 0;
        }

        if (!_keys.TryGetValue(@event.User, out var keys))
        {
            keys = Read(@event.User);
            _keys.Add(@event.User, keys);
            _count += keys.Count;
        }

        var added = keys.Add(EventRows.Hash(@event.Id.Value));
        _count += added ? 1 : 0;
        return added;
    }

    private HashSet<Guid> Read(UserId user)
    {
        var keys = new HashSet<Guid>();
        using var command = new NpgsqlCommand(Find, connection) { Parameters = { new() { Value = user.Value } } };
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            keys.Add(rows.GetGuid(0));
        }

        return keys;
    }
}
