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
