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
    public static void PlaceChanged(Snapshot snapshot, ServingModel model, MusicCatalogue catalogue, TasteTransform transform)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(catalogue);
        var unchanged = new HashSet<int>();
        for (var row = 0; row < snapshot.PlaylistCount; row++)
        {
            if (catalogue.TryFind(snapshot.PlaylistId(row), out var playlist)
                && catalogue.Describe(playlist) is { } contents
                && HoldsTheSame(snapshot, row, contents, model))
            {
                unchanged.Add(playlist.Value);
            }
        }

        var system = new FoldInSystem(model.Dimension);
        for (var i = 0; i < catalogue.PlaylistCount; i++)
        {
            if (!unchanged.Contains(i) && catalogue.Describe(new PlaylistIndex(i)) is { } contents)
            {
                model.Place(new PlaylistIndex(i), contents, transform, system);
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
