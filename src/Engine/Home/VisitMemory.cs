using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Home;

/// <summary>What a listener has seen and opened of late. Bounded; owned by whoever owns the listener.</summary>
public sealed class VisitMemory
{
    private const int MostPlayed = 10;
    private const int MostPending = SeenCards.MaxPlaylists;

    private readonly List<(PlaylistIndex Playlist, long AtMs)> _pending = [];
    private List<PlayedPlaylist> _played = [];

    /// <summary>As of the beginning of the visit, but for what was opened since: a page must not change because it is looked at.</summary>
    public SeenCards Seen { get; } = new();

    /// <summary>The latest first. Replaced, never written.</summary>
    public IReadOnlyList<PlayedPlaylist> Played => _played;

    /// <summary>Takes in what was seen during the visit before.</summary>
    public void BeginVisit()
    {
        foreach (var (playlist, atMs) in _pending)
        {
            Seen.Apply(EventKind.Impression, playlist, atMs);
        }

        _pending.Clear();
    }

    /// <summary>Whether events of a kind say what was seen or opened, where they name a playlist.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>True where <see cref="Apply"/> takes note of them.</returns>
    public static bool Takes(EventKind kind) =>
        kind is EventKind.Impression or EventKind.Click or EventKind.Listen or EventKind.Follow or EventKind.Like or EventKind.Save;

    /// <summary>Takes note of an event.</summary>
    /// <param name="kind">One of those that it <see cref="Takes"/>.</param>
    /// <param name="playlist">The playlist that it names.</param>
    /// <param name="atMs">When, Unix milliseconds.</param>
    public void Apply(EventKind kind, PlaylistIndex playlist, long atMs)
    {
        if (kind == EventKind.Impression)
        {
            if (_pending.Count < MostPending)
            {
                _pending.Add((playlist, atMs));
            }

            return;
        }

        Seen.Apply(kind, playlist, atMs);
        if (kind is EventKind.Click or EventKind.Listen or EventKind.Follow or EventKind.Like or EventKind.Save)
        {
            _pending.RemoveAll(seen => seen.Playlist == playlist);
        }

        if (kind == EventKind.Listen)
        {
            var at = Math.Max(atMs, _played.Find(played => played.Playlist == playlist).LastAtMs);
            _played = [.. _played.Where(played => played.Playlist != playlist).Append(new PlayedPlaylist(playlist, at)).OrderByDescending(played => played.LastAtMs).Take(MostPlayed)];
        }
    }
}

/// <summary>The memories of the listeners who came last. One user at a time.</summary>
/// <param name="most">Most listeners.</param>
public sealed class VisitMemories(int most)
{
    private readonly Dictionary<int, LinkedListNode<(int User, VisitMemory Memory)>> _nodes = [];
    private readonly LinkedList<(int User, VisitMemory Memory)> _order = new();

    /// <summary>Listeners with a memory.</summary>
    public int Count => _nodes.Count;

    /// <summary>A listener's memory, null for one who has none.</summary>
    /// <param name="user">Whose.</param>
    public VisitMemory? Find(UserIndex user) => _nodes.TryGetValue(user.Value, out var node) ? node.Value.Memory : null;

    /// <summary>A listener's memory, an empty one where there was none; the listener who came longest ago gives way.</summary>
    /// <param name="user">Whose.</param>
    public VisitMemory Of(UserIndex user)
    {
        if (_nodes.TryGetValue(user.Value, out var node))
        {
            _order.Remove(node);
            _order.AddLast(node);
            return node.Value.Memory;
        }

        if (_nodes.Count >= Math.Max(1, most) && _order.First is { } oldest)
        {
            Forget(new UserIndex(oldest.Value.User));
        }

        _nodes[user.Value] = node = _order.AddLast((user.Value, new VisitMemory()));
        return node.Value.Memory;
    }

    /// <summary>Forgets a listener.</summary>
    /// <param name="user">Whom.</param>
    public void Forget(UserIndex user)
    {
        if (_nodes.Remove(user.Value, out var node))
        {
            _order.Remove(node);
        }
    }
}
