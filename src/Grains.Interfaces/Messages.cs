using Buddies.Engine.Catalogue;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;

namespace Buddies.Grains;

/// <summary>A listener has moved, or its facts have changed.</summary>
/// <param name="User">Who.</param>
/// <param name="Offset">The last event that is in it; an older message is stale.</param>
/// <param name="Vector">[d], unit length or all zero; null where it stands where it stood.</param>
/// <param name="Followed">Playlists followed since the last message.</param>
/// <param name="Unfollowed">Playlists no longer followed.</param>
[GenerateSerializer, Immutable, Alias("buddies.Move")]
public sealed record Move(
    [property: Id(0)] string User,
    [property: Id(1)] long Offset,
    [property: Id(2)] float[]? Vector,
    [property: Id(3)] string[] Followed,
    [property: Id(4)] string[] Unfollowed);

/// <summary>What others may count in common with a listener.</summary>
/// <param name="Tracks">Ids of the known tracks.</param>
/// <param name="TrackCount">Tracks with facts.</param>
/// <param name="Offset">The last event that is in it.</param>
[GenerateSerializer, Immutable, Alias("buddies.KnownTracks")]
public sealed record KnownTracks([property: Id(0)] string[] Tracks, [property: Id(1)] int TrackCount, [property: Id(2)] long Offset);

/// <summary>What a watcher is told.</summary>
/// <param name="Home">The page, where it has changed.</param>
/// <param name="Buddies">The list, where it has changed.</param>
/// <param name="IsErased">The listener was erased; nothing more will come.</param>
[GenerateSerializer, Immutable, Alias("buddies.LivePush")]
public sealed record LivePush(
    [property: Id(0)] HomeUpdate? Home, [property: Id(1)] BuddiesUpdate? Buddies, [property: Id(2)] bool IsErased);

/// <summary>How a silo is, as a client of the cluster sees it.</summary>
/// <param name="Status">What it holds and serves.</param>
/// <param name="Readers">By version, how many pieces of its work hold it.</param>
/// <param name="Uncounted">By playlist, the follows that do not count; the 1,000 with the most.</param>
[GenerateSerializer, Immutable, Alias("buddies.SiloSight")]
public sealed record SiloSight([property: Id(0)] ServingStatus Status, [property: Id(1)] Dictionary<int, int> Readers, [property: Id(2)] Dictionary<string, int> Uncounted);

/// <summary>What the owner of a listener holds about it.</summary>
/// <param name="Tracks">What is known of tracks.</param>
/// <param name="Marks">What is known of playlists.</param>
/// <param name="Playlists">Its own, private ones too.</param>
/// <param name="Privacy">What it chose about being seen.</param>
/// <param name="Version">The model version of the vector; 0 without a model.</param>
/// <param name="Vector">[d], unit length; empty without a model or events.</param>
/// <param name="Snapshots">Folders of model versions whose files hold a trained vector.</param>
[GenerateSerializer, Immutable, Alias("buddies.Holdings")]
public sealed record Holdings(
    [property: Id(0)] TrackHolding[] Tracks,
    [property: Id(1)] PlaylistHolding[] Marks,
    [property: Id(2)] Playlist[] Playlists,
    [property: Id(3)] ListenerPrivacy Privacy,
    [property: Id(4)] int Version,
    [property: Id(5)] float[] Vector,
    [property: Id(6)] string[] Snapshots);

/// <summary>What is known of a listener and a track.</summary>
/// <param name="Track">Which.</param>
/// <param name="For">Evidence for it, in full plays as of <paramref name="LastAtMs"/>.</param>
/// <param name="Against">Evidence against it.</param>
/// <param name="LastAtMs">The newest event, Unix milliseconds.</param>
/// <param name="Marks">liked, hidden …</param>
[GenerateSerializer, Immutable, Alias("buddies.TrackHolding")]
public readonly record struct TrackHolding(
    [property: Id(0)] string Track, [property: Id(1)] float For, [property: Id(2)] float Against, [property: Id(3)] long LastAtMs, [property: Id(4)] string Marks);

/// <summary>What is known of a listener and a playlist.</summary>
/// <param name="Playlist">Which.</param>
/// <param name="LastAtMs">The newest event, Unix milliseconds.</param>
/// <param name="Marks">followed, hidden …</param>
[GenerateSerializer, Immutable, Alias("buddies.PlaylistHolding")]
public readonly record struct PlaylistHolding([property: Id(0)] string Playlist, [property: Id(1)] long LastAtMs, [property: Id(2)] string Marks);
