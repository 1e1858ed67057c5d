namespace Buddies.Api.Contracts;

// The shapes of bodies, for the OpenAPI document. Bodies are read by hand (Bodies/), so that one bad item spoils no other.

/// <summary>One thing that one listener did.</summary>
/// <param name="EventId">The producer's id; a second event with the same user and id has no effect.</param>
/// <param name="UserId">Who.</param>
/// <param name="Kind">listen, skip, like, unlike, hide, unhide, save, follow, unfollow, impression or click.</param>
/// <param name="OccurredAt">RFC 3339.</param>
/// <param name="TrackId">The track, where the kind needs one.</param>
/// <param name="PlaylistId">The playlist, where the kind is about one.</param>
/// <param name="PlayedMs">Milliseconds heard.</param>
/// <param name="DurationMs">The track's length in milliseconds.</param>
/// <param name="Context">Any JSON value of at most 1,024 characters; kept, not interpreted.</param>
public sealed record EventItem(
    string EventId,
    string UserId,
    string Kind,
    DateTimeOffset OccurredAt,
    string? TrackId = null,
    string? PlaylistId = null,
    int? PlayedMs = null,
    int? DurationMs = null,
    object? Context = null);

/// <summary>One track of the catalogue.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">1 to 256 characters.</param>
/// <param name="Artist">At most 256 characters.</param>
/// <param name="Tags">At most 16 of 1 to 64 characters, strongest first.</param>
public sealed record TrackItem(string Id, string Title, string? Artist = null, IReadOnlyList<string>? Tags = null);

/// <summary>One playlist of the catalogue.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">1 to 256 characters.</param>
/// <param name="OwnerId">Who made it.</param>
/// <param name="Public">Whether others may see it.</param>
/// <param name="TrackIds">1 to 10,000 entries in order.</param>
/// <param name="Followers">How many follow it elsewhere.</param>
public sealed record PlaylistItem(
    string Id, string Title, string OwnerId, bool Public, IReadOnlyList<string> TrackIds, int? Followers = null);
