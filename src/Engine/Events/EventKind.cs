namespace Buddies.Engine.Events;

/// <summary>What a listener did. The numbers are written to the event log: never renumber.</summary>
public enum EventKind : byte
{
    /// <summary>Played a track.</summary>
    Listen = 1,

    /// <summary>Left a track early.</summary>
    Skip = 2,

    /// <summary>Liked a track or a playlist.</summary>
    Like = 3,

    /// <summary>Took a like back.</summary>
    Unlike = 4,

    /// <summary>Never wants this track or playlist again.</summary>
    Hide = 5,

    /// <summary>Took a hide back.</summary>
    Unhide = 6,

    /// <summary>Put a track into a playlist of one's own, or kept a playlist.</summary>
    Save = 7,

    /// <summary>Follows a playlist.</summary>
    Follow = 8,

    /// <summary>Follows a playlist no longer.</summary>
    Unfollow = 9,

    /// <summary>A card was shown.</summary>
    Impression = 10,

    /// <summary>A card was opened.</summary>
    Click = 11,
}
