using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Catalogue;

/// <summary>Shows a playlist to a viewer.</summary>
public static class PlaylistViewer
{
    /// <summary>Lists what a viewer may see.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="playlist">Which.</param>
    /// <param name="followers">Its followers as of now.</param>
    /// <param name="viewer">Who looks; null for nobody in particular.</param>
    /// <param name="facts">The viewer's facts; null without a viewer.</param>
    /// <returns>Null when there is no such playlist, or it is private and not the viewer's own.</returns>
    public static PlaylistView? Show(MusicCatalogue catalogue, PlaylistIndex playlist, int followers, UserId? viewer, UserTaste? facts)
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        if (catalogue.Describe(playlist) is not { } contents || (!contents.IsPublic && contents.Owner != viewer))
        {
            return null;
        }

        var entries = new List<PlaylistEntry>(contents.InOrder.Length);
        foreach (var track in contents.InOrder)
        {
            var index = new TrackIndex(track);
            TrackFact fact = default;
            var hasFact = facts is not null && facts.TryGetTrack(index, out fact);
            if (hasFact && (fact.Marks & FactMarks.Hidden) != 0)
            {
                continue;
            }

            var described = catalogue.Describe(index);
            entries.Add(new PlaylistEntry(
                catalogue.IdOf(index),
                described?.Title ?? catalogue.IdOf(index).Value,
                described?.Artist ?? "",
                contents.Times[Array.BinarySearch(contents.Ascending, track)],
                hasFact && UserTaste.IsKnown(fact)));
        }

        return new PlaylistView(contents.Id, contents.Title, contents.Owner, followers, entries);
    }
}
