using System.Text.Json;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage.Home;

/// <summary>Listeners whose erasure is under way, and the names of their playlists: in the store until nothing of them is left.</summary>
public sealed class ErasureNote
{
    private readonly Dictionary<string, HashSet<string>> _noted;

    private ErasureNote(Dictionary<string, HashSet<string>> noted) => _noted = noted;

    /// <summary>Whom it notes.</summary>
    public IReadOnlyCollection<string> Users => _noted.Keys;

    /// <summary>Reads one.</summary>
    /// <param name="text">From <see cref="Write"/>; null for none. A list of ids, as servers of former versions wrote it, is read too.</param>
    public static ErasureNote Read(string? text) => new(
        text is null ? []
        : text.StartsWith('[') ? (JsonSerializer.Deserialize<string[]>(text) ?? []).ToDictionary(user => user, _ => new HashSet<string>(), StringComparer.Ordinal)
        : JsonSerializer.Deserialize<Dictionary<string, HashSet<string>>>(text) ?? []);

    /// <summary>Notes a listener; playlists that were noted before stay noted.</summary>
    /// <returns>Whether that changes anything.</returns>
    public bool Add(UserId user, IEnumerable<PlaylistId> playlists)
    {
        var isNew = !_noted.TryGetValue(user.Value, out var known);
        known ??= _noted[user.Value] = [];
        var count = known.Count;
        known.UnionWith(playlists.Select(playlist => playlist.Value));
        return isNew || known.Count > count;
    }

    /// <summary>Takes a listener off the note.</summary>
    /// <returns>Whether it was on it.</returns>
    public bool Remove(UserId user) => _noted.Remove(user.Value);

    /// <summary>A listener's playlists.</summary>
    public IReadOnlySet<PlaylistId> PlaylistsOf(UserId user) =>
        _noted.TryGetValue(user.Value, out var playlists) ? playlists.Select(id => new PlaylistId(id)).ToHashSet() : [];

    /// <summary>The note as text.</summary>
    public string Write() => JsonSerializer.Serialize(_noted);
}
