using System.Collections;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Serving;

/// <summary>Places what a snapshot does not know as it is now.</summary>
public static class PlaylistPlacement
{
    /// <summary>Places every playlist of the catalogue that is newer than the snapshot, or has changed since.</summary>
    /// <param name="snapshot">The model's files.</param>
    /// <param name="model">The model made of them, bound to the catalogue.</param>
    /// <param name="catalogue">The process's catalogue.</param>
    /// <param name="transform">The taste transform.</param>
    /// <param name="pause">Called between pieces of work of well under a millisecond, and may rest; null for nobody.</param>
    /// <remarks>Playlists may change meanwhile: who changes one in the catalogue first and places it then leaves it as it is last.</remarks>
    public static void PlaceChanged(Snapshot snapshot, ServingModel model, MusicCatalogue catalogue, TasteTransform transform, Action? pause = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(catalogue);
        var unchanged = new BitArray(catalogue.PlaylistCount);
        for (var row = 0; row < snapshot.PlaylistCount; row++)
        {
            if (catalogue.TryFind(snapshot.PlaylistId(row), out var playlist)
                && playlist.Value < unchanged.Length
                && catalogue.Describe(playlist) is { } contents
                && HoldsTheSame(snapshot, row, contents, model))
            {
                unchanged[playlist.Value] = true;
            }

            if (row % 64 == 0)
            {
                pause?.Invoke();
            }
        }

        var system = new FoldInSystem(model.Dimension);
        for (var i = 0; i < catalogue.PlaylistCount; i++)
        {
            var playlist = new PlaylistIndex(i);
            var contents = i < unchanged.Length && unchanged[i] ? null : catalogue.Describe(playlist);
            while (contents is not null)
            {
                model.Place(playlist, contents, transform, system);

                // Beside a version that is being prepared playlists change: the last contents are the last to be placed.
                var newer = catalogue.Describe(playlist);
                contents = newer == contents ? null : newer;
                pause?.Invoke();
            }
        }
    }

    private static bool HoldsTheSame(Snapshot snapshot, int row, PlaylistContents contents, ServingModel model)
    {
        snapshot.PlaylistTracks(row, out var rows, out var times);
        if (rows.Length != contents.Ascending.Length)
        {
            return false;
        }

        for (var i = 0; i < contents.Ascending.Length; i++)
        {
            var at = rows.BinarySearch(model.RowOf(contents.Ascending[i]));
            if (at < 0 || times[at] != contents.Times[i])
            {
                return false;
            }
        }

        return true;
    }
}
