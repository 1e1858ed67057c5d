using Buddies.Engine.Catalogue;

namespace Buddies.Storage;

/// <summary>Keeps tracks and playlists.</summary>
public interface ICatalogueStore
{
    /// <summary>Adds tracks, replacing those with the same id, in one durable transaction.</summary>
    ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken);

    /// <summary>Adds playlists, replacing those with the same id, in one durable transaction.</summary>
    ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken);

    /// <summary>Streams every track, in the order in which they were first added.</summary>
    IAsyncEnumerable<Track> ReadTracksAsync(CancellationToken cancellationToken);

    /// <summary>Streams every playlist, in the order in which they were first added.</summary>
    IAsyncEnumerable<Playlist> ReadPlaylistsAsync(CancellationToken cancellationToken);
}
