using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Storage;

namespace Buddies.Training.Facts;

/// <summary>Replays the whole log into facts, by the very code that serving applies to each event.</summary>
public static class FactReader
{
    /// <summary>Reads the catalogue, and the log up to its present end.</summary>
    /// <param name="store">The store.</param>
    /// <param name="transform">How events become facts.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The facts; empty when the log is.</returns>
    public static Task<FactSet> ReadAsync(IStore store, TasteTransform transform, CancellationToken cancellationToken) =>
        ReadAsync(store, transform, long.MaxValue, cancellationToken);

    /// <summary>Reads the catalogue, and the log up to an offset or to its present end, whichever comes first.</summary>
    /// <param name="store">The store.</param>
    /// <param name="transform">How events become facts.</param>
    /// <param name="throughOffset">Only events up to this offset.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The facts; empty when the log is.</returns>
    public static async Task<FactSet> ReadAsync(IStore store, TasteTransform transform, long throughOffset, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var watermark = Math.Min(throughOffset, await store.Events.LastOffsetAsync(cancellationToken).ConfigureAwait(false));
        var catalogue = await ReadCatalogueAsync(store.Catalogue, cancellationToken).ConfigureAwait(false);
        var positions = new Dictionary<UserId, int>();
        var users = new List<UserId>();
        var tastes = new List<UserTaste>();
        var onlySaved = new List<bool>();
        var eventCount = 0L;
        var interactions = new PlaylistInteractions();
        var heldOut = new HeldOutPlaylists(catalogue);
        await foreach (var logged in store.Events.ReadAsync(0, cancellationToken).ConfigureAwait(false))
        {
            if (logged.Offset > watermark)
            {
                break;
            }

            var one = logged.Event;
            if (!positions.TryGetValue(one.User, out var position))
            {
                position = users.Count;
                positions.Add(one.User, position);
                users.Add(one.User);
                tastes.Add(new UserTaste(transform));
                onlySaved.Add(true);
            }

            onlySaved[position] &= one.Kind == EventKind.Save;

            TrackIndex? trackIndex = one.Track is { } track ? catalogue.Intern(track) : null;
            PlaylistIndex? playlistIndex = one.Playlist is { } playlist ? catalogue.Intern(playlist) : null;
            heldOut.Apply(position, one, tastes[position], trackIndex, playlistIndex);
            tastes[position].Apply(one, trackIndex, playlistIndex);
            if (playlistIndex is { } chosen)
            {
                interactions.Apply(position, one, chosen);
            }

            eventCount++;
        }

        return new FactSet(catalogue, users, tastes, onlySaved, watermark, eventCount) { Interactions = interactions, HeldOut = heldOut };
    }

    private static async Task<MusicCatalogue> ReadCatalogueAsync(ICatalogueStore store, CancellationToken cancellationToken)
    {
        var catalogue = new MusicCatalogue();
        await foreach (var track in store.ReadTracksAsync(cancellationToken).ConfigureAwait(false))
        {
            catalogue.Upsert(track);
        }

        await foreach (var playlist in store.ReadPlaylistsAsync(cancellationToken).ConfigureAwait(false))
        {
            catalogue.Upsert(playlist);
        }

        return catalogue;
    }
}
