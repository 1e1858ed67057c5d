using Buddies.Engine.Taste;

namespace Buddies.Api.Contracts;

/// <summary>A listener's taste in musical facts.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="SnapshotVersion">The model version that serves this listener.</param>
/// <param name="TopTracks">Strongest first.</param>
/// <param name="TopArtists">Strongest first.</param>
/// <param name="TopTags">Strongest first.</param>
/// <param name="Counts">How many facts of each sort are kept.</param>
/// <param name="HiddenTracks">Track ids.</param>
/// <param name="HiddenPlaylists">Playlist ids.</param>
/// <param name="FollowedPlaylists">Playlist ids.</param>
public sealed record TasteResponse(
    string UserId,
    int SnapshotVersion,
    IReadOnlyList<TasteTrackResponse> TopTracks,
    IReadOnlyList<TasteShareResponse> TopArtists,
    IReadOnlyList<TasteShareResponse> TopTags,
    TasteCountsResponse Counts,
    IReadOnlyList<string> HiddenTracks,
    IReadOnlyList<string> HiddenPlaylists,
    IReadOnlyList<string> FollowedPlaylists)
{
    public static TasteResponse From(TasteSummary taste) => new(
        taste.User.Value,
        taste.Version.Value,
        [.. taste.TopTracks.Select(t => new TasteTrackResponse(t.Track.Value, t.Title, t.Artist, t.Weight, t.Liked))],
        [.. taste.TopArtists.Select(TasteShareResponse.From)],
        [.. taste.TopTags.Select(TasteShareResponse.From)],
        TasteCountsResponse.From(taste.Counts),
        [.. taste.HiddenTracks.Select(t => t.Value)],
        [.. taste.HiddenPlaylists.Select(p => p.Value)],
        [.. taste.FollowedPlaylists.Select(p => p.Value)]);
}

/// <summary>A track with its weight in a taste.</summary>
/// <param name="TrackId">Which.</param>
/// <param name="Title">Its title.</param>
/// <param name="Artist">Its artist; empty where unknown.</param>
/// <param name="Weight">The confidence the model gives it.</param>
/// <param name="Liked">Whether the listener liked it.</param>
public sealed record TasteTrackResponse(string TrackId, string Title, string Artist, float Weight, bool Liked);

/// <summary>A name's share of a taste.</summary>
/// <param name="Name">An artist or a tag.</param>
/// <param name="Share">0 to 1.</param>
public sealed record TasteShareResponse(string Name, float Share)
{
    public static TasteShareResponse From(TasteShare share) => new(share.Name, share.Share);
}

/// <summary>How much is known of a listener.</summary>
/// <param name="Tracks">Tracks with facts.</param>
/// <param name="Artists">Different artists among them.</param>
/// <param name="Events">Events applied in all.</param>
/// <param name="Likes">Tracks and playlists liked.</param>
/// <param name="Hidden">Tracks and playlists hidden.</param>
/// <param name="Follows">Playlists followed.</param>
public sealed record TasteCountsResponse(int Tracks, int Artists, long Events, int Likes, int Hidden, int Follows)
{
    public static TasteCountsResponse From(TasteCounts counts) =>
        new(counts.Tracks, counts.Artists, counts.Events, counts.Likes, counts.Hidden, counts.Follows);
}
