namespace Buddies.Api.Contracts;

/// <summary>Playlists whose follows came faster than is believed.</summary>
/// <param name="Playlists">Most uncounted first.</param>
public sealed record AnomaliesResponse(IReadOnlyList<AnomalyResponse> Playlists);

/// <summary>One of them.</summary>
/// <param name="PlaylistId">Which.</param>
/// <param name="FollowsNotCounted">Follows that do not count towards how popular it is.</param>
public sealed record AnomalyResponse(string PlaylistId, int FollowsNotCounted);
