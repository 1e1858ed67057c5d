using Buddies.Engine.Serving;

namespace Buddies.Api.Contracts;

/// <summary>What the server holds at this moment.</summary>
/// <param name="Ready">Whether it serves.</param>
/// <param name="Stage">What it is doing.</param>
/// <param name="SnapshotVersion">The model version that serves; 0 when none.</param>
/// <param name="Listeners">Listeners with facts.</param>
/// <param name="Tracks">Tracks of the catalogue.</param>
/// <param name="Playlists">Playlists of the catalogue.</param>
/// <param name="EventsApplied">Events applied since the start.</param>
/// <param name="ActiveListeners">Listeners with a live subscription.</param>
/// <param name="Crowd">The simulated crowd.</param>
public sealed record StatusResponse(
    bool Ready,
    string Stage,
    int SnapshotVersion,
    int Listeners,
    int Tracks,
    int Playlists,
    long EventsApplied,
    int ActiveListeners,
    CrowdResponse Crowd)
{
    public static StatusResponse From(ServingStatus status, ICrowdStatus crowd)
    {
        ArgumentNullException.ThrowIfNull(crowd);
        return new(
            status.Ready,
            status.Stage,
            status.Version.Value,
            status.Listeners,
            status.Tracks,
            status.Playlists,
            status.EventsApplied,
            status.ActiveListeners,
            new CrowdResponse(crowd.Enabled, crowd.EventsPerSecond));
    }
}

/// <summary>The simulated crowd.</summary>
/// <param name="Enabled">Whether it is at work.</param>
/// <param name="EventsPerSecond">How many events it sends.</param>
public sealed record CrowdResponse(bool Enabled, double EventsPerSecond);

/// <summary>A probe's answer.</summary>
/// <param name="Status">live or ready.</param>
/// <param name="Stage">What the runtime is doing; absent from the liveness probe.</param>
/// <param name="SnapshotVersion">The model version that serves; absent from the liveness probe.</param>
/// <param name="Parts">How each part is: one that is ill says so while the server still serves; absent from the liveness probe.</param>
public sealed record HealthResponse(string Status, string? Stage = null, int? SnapshotVersion = null, IReadOnlyList<HealthPartResponse>? Parts = null);

/// <summary>How one part is.</summary>
/// <param name="Name">recommender, store, model or freshness.</param>
/// <param name="State">well or ill.</param>
/// <param name="Detail">In words.</param>
public sealed record HealthPartResponse(string Name, string State, string Detail)
{
    public static IReadOnlyList<HealthPartResponse> From(IReadOnlyList<HealthPart> parts) =>
        [.. parts.Select(part => new HealthPartResponse(part.Name, part.IsWell ? "well" : "ill", part.Detail))];
}
