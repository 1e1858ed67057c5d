using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Taste;

/// <summary>A listener's taste in musical facts.</summary>
/// <param name="User">Whose.</param>
/// <param name="Version">The model version that serves this listener.</param>
/// <param name="TopTracks">Strongest tracks first; at most 50.</param>
/// <param name="TopArtists">Strongest artists first; at most 20.</param>
/// <param name="TopTags">Strongest tags first; at most 20.</param>
/// <param name="Counts">How many facts of each sort are kept.</param>
/// <param name="HiddenTracks">What must not come back.</param>
/// <param name="HiddenPlaylists">What must not come back.</param>
/// <param name="FollowedPlaylists">What the listener follows.</param>
public sealed record TasteSummary(
    UserId User,
    SnapshotVersion Version,
    IReadOnlyList<TasteTrack> TopTracks,
    IReadOnlyList<TasteShare> TopArtists,
    IReadOnlyList<TasteShare> TopTags,
    TasteCounts Counts,
    IReadOnlyList<TrackId> HiddenTracks,
    IReadOnlyList<PlaylistId> HiddenPlaylists,
    IReadOnlyList<PlaylistId> FollowedPlaylists);

/// <summary>A track with its weight in a taste.</summary>
/// <param name="Track">Which.</param>
/// <param name="Title">Its title; the id where the catalogue does not know it.</param>
/// <param name="Artist">Its artist; empty where unknown.</param>
/// <param name="Weight">The confidence the model gives it, 0 or more.</param>
/// <param name="Liked">Whether the listener liked it.</param>
public sealed record TasteTrack(TrackId Track, string Title, string Artist, float Weight, bool Liked);

/// <summary>A name's share of a taste.</summary>
/// <param name="Name">An artist or a tag.</param>
/// <param name="Share">0 to 1; the shares of all names of one sort add up to 1 before the list is cut.</param>
public sealed record TasteShare(string Name, float Share);

/// <summary>How much is known of a listener.</summary>
/// <param name="Tracks">Tracks with facts.</param>
/// <param name="Artists">Different artists among them.</param>
/// <param name="Events">Events applied in all.</param>
/// <param name="Likes">Tracks and playlists liked.</param>
/// <param name="Hidden">Tracks and playlists hidden.</param>
/// <param name="Follows">Playlists followed.</param>
public sealed record TasteCounts(int Tracks, int Artists, long Events, int Likes, int Hidden, int Follows);

/// <summary>A listener found by search.</summary>
/// <param name="User">Who.</param>
/// <param name="Tracks">Tracks with facts.</param>
/// <param name="Playlists">Public playlists of this listener.</param>
public sealed record ListenerSummary(UserId User, int Tracks, int Playlists);
