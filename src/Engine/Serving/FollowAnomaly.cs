using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Serving;

/// <summary>A playlist whose follows came faster than is believed.</summary>
/// <param name="Playlist">Which.</param>
/// <param name="Uncounted">Follows that do not count towards how popular it is.</param>
public sealed record FollowAnomaly(PlaylistId Playlist, int Uncounted);
