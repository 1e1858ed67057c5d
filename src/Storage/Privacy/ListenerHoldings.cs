using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;

namespace Buddies.Storage.Privacy;

/// <summary>Everything that is held about one listener and not derived anew with each answer.</summary>
/// <param name="User">Whom.</param>
/// <param name="Events">Their events in the log, in its order.</param>
/// <param name="Tracks">What is known of tracks: sums of events, also of those that were dropped for their age.</param>
/// <param name="PlaylistMarks">What is known of playlists.</param>
/// <param name="Playlists">Their own playlists, private ones too.</param>
/// <param name="Privacy">What they chose about being seen.</param>
/// <param name="Friends">Friendships from an imported dataset.</param>
/// <param name="Version">The model version of the vector; 0 without a model.</param>
/// <param name="Vector">[d] of that version, unit length; empty without a model.</param>
/// <param name="Snapshots">Where on disk a trained vector of theirs lies.</param>
public sealed record ListenerHoldings(
    UserId User,
    IReadOnlyList<LoggedEvent> Events,
    IReadOnlyList<HeldTrack> Tracks,
    IReadOnlyList<HeldPlaylist> PlaylistMarks,
    IReadOnlyList<Playlist> Playlists,
    ListenerPrivacy Privacy,
    IReadOnlyList<UserId> Friends,
    SnapshotVersion Version,
    IReadOnlyList<float> Vector,
    IReadOnlyList<string> Snapshots);

/// <summary>What is known of a listener and a track.</summary>
/// <param name="Track">Which.</param>
/// <param name="For">Evidence for it, in full plays as of <paramref name="LastAtMs"/>.</param>
/// <param name="Against">Evidence against it.</param>
/// <param name="LastAtMs">The newest event, Unix milliseconds.</param>
/// <param name="Marks">liked, hidden …</param>
public sealed record HeldTrack(TrackId Track, float For, float Against, long LastAtMs, string Marks);

/// <summary>What is known of a listener and a playlist.</summary>
/// <param name="Playlist">Which.</param>
/// <param name="LastAtMs">The newest event, Unix milliseconds.</param>
/// <param name="Marks">followed, hidden …</param>
public sealed record HeldPlaylist(PlaylistId Playlist, long LastAtMs, string Marks);
