using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Catalogue;

/// <summary>A playlist with its different tracks by position, ready for counting overlaps. Immutable.</summary>
public sealed class PlaylistContents
{
    internal PlaylistContents(MusicCatalogue catalogue, Playlist playlist)
    {
        Id = playlist.Id;
        Title = playlist.Title;
        Owner = playlist.Owner;
        IsPublic = playlist.IsPublic;
        Followers = playlist.Followers;
        var times = new Dictionary<int, int>(playlist.Tracks.Count);
        var order = new List<int>(playlist.Tracks.Count);
        foreach (var id in playlist.Tracks)
        {
            var track = catalogue.Intern(id).Value;
            if (times.TryAdd(track, 1))
            {
                order.Add(track);
            }
            else
            {
                times[track]++;
            }
        }

        InOrder = [.. order];
        Ascending = [.. order];
        Array.Sort(Ascending);
        var artists = new HashSet<int>();
        var unknown = 0;
        HoldsArtists = Ascending.Length > 0;
        foreach (var track in Ascending)
        {
            var artist = catalogue.ArtistOf(new TrackIndex(track));
            unknown += artist < 0 ? 1 : 0;
            artists.Add(artist);
            HoldsArtists &= catalogue.Describe(new TrackIndex(track)) is { } described && described.Title == described.Artist;
        }

        // Tracks whose artist nobody told count as one artist each.
        ArtistCount = artists.Count + (unknown > 0 ? unknown - 1 : 0);
        Times = new int[Ascending.Length];
        for (var i = 0; i < Ascending.Length; i++)
        {
            Times[i] = times[Ascending[i]];
        }
    }

    /// <summary>Its id.</summary>
    public PlaylistId Id { get; }

    /// <summary>Its title.</summary>
    public string Title { get; }

    /// <summary>Who made it.</summary>
    public UserId Owner { get; }

    /// <summary>Whether others may see it.</summary>
    public bool IsPublic { get; }

    /// <summary>How many follow it elsewhere, as the catalogue was told.</summary>
    public int Followers { get; }

    /// <summary>Different artists, by what the catalogue knew when the playlist was added.</summary>
    public int ArtistCount { get; }

    /// <summary>Whether its items are artists rather than tracks.</summary>
    public bool HoldsArtists { get; }

    /// <summary>Different tracks by position, in playlist order.</summary>
    public int[] InOrder { get; }

    /// <summary>Different tracks by position, ascending.</summary>
    public int[] Ascending { get; }

    /// <summary>How often each of <see cref="Ascending"/> stands in the playlist.</summary>
    public int[] Times { get; }
}
