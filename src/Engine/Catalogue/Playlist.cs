using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Catalogue;

/// <summary>A playlist that a listener made.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Owner">Who made it.</param>
/// <param name="IsPublic">Whether others may see it.</param>
/// <param name="Tracks">Its entries in order; a track may stand in it more than once.</param>
/// <param name="Followers">How many follow it elsewhere, as the catalogue was told.</param>
public sealed record Playlist(
    PlaylistId Id,
    string Title,
    UserId Owner,
    bool IsPublic,
    IReadOnlyList<TrackId> Tracks,
    int Followers);
