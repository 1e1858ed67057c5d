using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;

namespace Buddies.Storage;

/// <summary>One import in progress: rows go in as they are read, and become visible all together or never.</summary>
/// <remarks>Used from one thread at a time. Disposing without a commit takes every row back.</remarks>
public interface IImportSession : IAsyncDisposable
{
    /// <summary>Adds a track. One that exists keeps its title and artist; tags are replaced when the new list is not empty.</summary>
    void AddTrack(Track track);

    /// <summary>Adds a playlist, replacing one with the same id.</summary>
    void AddPlaylist(Playlist playlist);

    /// <summary>Appends an event to the log, unless its user and event id are there already.</summary>
    /// <returns>False for a duplicate.</returns>
    bool AddEvent(in UserEvent @event);

    /// <summary>Adds a friendship; adding it again, or the other way round, changes nothing, nor does one with oneself.</summary>
    void AddFriendship(UserId first, UserId second);

    /// <summary>Makes every row visible and durable.</summary>
    ValueTask CommitAsync(CancellationToken cancellationToken);
}
