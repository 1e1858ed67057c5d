using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;

namespace Buddies.Training.Facts;

/// <summary>The catalogue and the facts of every listener as of an offset of the log.</summary>
/// <param name="Catalogue">Tracks and playlists in catalogue order, then those that only events name.</param>
/// <param name="Users">Listeners in the order of their first event.</param>
/// <param name="Tastes">The facts of each of <paramref name="Users"/>.</param>
/// <param name="OnlySaved">Whether all that each of <paramref name="Users"/> ever did was to put tracks into playlists.</param>
/// <param name="Watermark">Events up to this offset are in the facts.</param>
/// <param name="EventCount">How many events that were.</param>
public sealed record FactSet(
    MusicCatalogue Catalogue,
    IReadOnlyList<UserId> Users,
    IReadOnlyList<UserTaste> Tastes,
    IReadOnlyList<bool> OnlySaved,
    long Watermark,
    long EventCount)
{
    /// <summary>Who chose which playlist; null where nobody has noted it.</summary>
    public PlaylistInteractions? Interactions { get; init; }

    /// <summary>Playlists that are hidden from some listeners, to learn and to judge by how they are ranked; null for none.</summary>
    public HeldOutPlaylists? HeldOut { get; init; }
}
