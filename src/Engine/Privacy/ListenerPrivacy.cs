using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Privacy;

/// <summary>What a listener has chosen about being seen.</summary>
/// <param name="IsInvisible">Recommended to nobody: no buddy of anybody's, and their playlists on nobody's page; served like all.</param>
/// <param name="Blocked">Listeners who shall neither see this one nor be shown to this one.</param>
public sealed record ListenerPrivacy(bool IsInvisible, IReadOnlyList<UserId> Blocked)
{
    /// <summary>Most listeners that one may block.</summary>
    public const int MaxBlocked = 1000;

    /// <summary>Nothing chosen.</summary>
    public static ListenerPrivacy Default { get; } = new(false, []);

    /// <summary>Whether nothing was chosen.</summary>
    public bool IsDefault => !IsInvisible && Blocked.Count == 0;
}
