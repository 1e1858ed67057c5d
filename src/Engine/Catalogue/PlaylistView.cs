using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Catalogue;

/// <summary>A playlist's contents as one viewer may see them.</summary>
/// <param name="Playlist">Which.</param>
/// <param name="Title">Its title.</param>
/// <param name="Owner">Who made it.</param>
/// <param name="Followers">How many follow it.</param>
/// <param name="Entries">Its different tracks in playlist order; those the viewer hid are left out.</param>
public sealed record PlaylistView(
    PlaylistId Playlist,
    string Title,
    UserId Owner,
    int Followers,
    IReadOnlyList<PlaylistEntry> Entries);

/// <summary>One track of a playlist.</summary>
/// <param name="Track">Which.</param>
/// <param name="Title">Its title; the id where unknown.</param>
/// <param name="Artist">Its artist; empty where unknown.</param>
/// <param name="Times">How often it stands in the playlist.</param>
/// <param name="Known">Whether the viewer has played or liked it.</param>
public sealed record PlaylistEntry(TrackId Track, string Title, string Artist, int Times, bool Known);
