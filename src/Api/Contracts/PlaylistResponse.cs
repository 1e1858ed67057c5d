using Buddies.Engine.Catalogue;

namespace Buddies.Api.Contracts;

/// <summary>A playlist's contents as one viewer may see them.</summary>
/// <param name="PlaylistId">Which.</param>
/// <param name="Title">Its title.</param>
/// <param name="OwnerId">Who made it.</param>
/// <param name="Followers">How many follow it.</param>
/// <param name="Entries">Its different tracks in order.</param>
public sealed record PlaylistResponse(
    string PlaylistId, string Title, string OwnerId, int Followers, IReadOnlyList<PlaylistEntryResponse> Entries)
{
    public static PlaylistResponse From(PlaylistView view) => new(
        view.Playlist.Value,
        view.Title,
        view.Owner.Value,
        view.Followers,
        [.. view.Entries.Select(e => new PlaylistEntryResponse(e.Track.Value, e.Title, e.Artist, e.Times, e.Known))]);
}

/// <summary>One track of a playlist.</summary>
/// <param name="TrackId">Which.</param>
/// <param name="Title">Its title; the id where unknown.</param>
/// <param name="Artist">Its artist; empty where unknown.</param>
/// <param name="Times">How often it stands in the playlist.</param>
/// <param name="Known">Whether the viewer has played or liked it.</param>
public sealed record PlaylistEntryResponse(string TrackId, string Title, string Artist, int Times, bool Known);
