using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Events;

/// <summary>One thing that one listener did, as accepted at the door.</summary>
/// <param name="Id">The producer's id; a second event with the same user and id has no effect.</param>
/// <param name="User">Who.</param>
/// <param name="Kind">What.</param>
/// <param name="Track">The track, where the kind needs one.</param>
/// <param name="Playlist">The playlist, where the kind is about one, or from which the track was played.</param>
/// <param name="PlayedMs">Milliseconds heard; null where unknown.</param>
/// <param name="DurationMs">The track's length in milliseconds; null where unknown.</param>
/// <param name="OccurredAt">When it happened by the producer's clock.</param>
/// <param name="Plays">How many such plays this one row stands for; above 1 only in imported play counts.</param>
/// <param name="Context">The producer's own JSON value, kept and not interpreted; null where absent.</param>
public readonly record struct UserEvent(
    EventId Id,
    UserId User,
    EventKind Kind,
    TrackId? Track,
    PlaylistId? Playlist,
    int? PlayedMs,
    int? DurationMs,
    DateTimeOffset OccurredAt,
    int Plays = 1,
    string? Context = null);
