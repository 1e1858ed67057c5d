using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Serving;

/// <summary>What a runtime holds at this moment.</summary>
/// <param name="Ready">Whether it serves: false while state is being replayed or no snapshot is in place.</param>
/// <param name="Stage">What it is doing, in a few words.</param>
/// <param name="Version">The model version that serves; 0 when none.</param>
/// <param name="Listeners">Listeners with facts.</param>
/// <param name="Tracks">Tracks of the catalogue.</param>
/// <param name="Playlists">Playlists of the catalogue.</param>
/// <param name="EventsApplied">Events applied since the start.</param>
/// <param name="ActiveListeners">Listeners with a live subscription.</param>
public sealed record ServingStatus(
    bool Ready,
    string Stage,
    SnapshotVersion Version,
    int Listeners,
    int Tracks,
    int Playlists,
    long EventsApplied,
    int ActiveListeners);
