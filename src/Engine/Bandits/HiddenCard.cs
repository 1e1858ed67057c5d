using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Bandits;

/// <summary>A card of a page that was hidden, itself or a track of it: what is needed to take back what that has taught.</summary>
/// <param name="Card">Its place among the page's cards.</param>
/// <param name="Otherwise">The reward that it would have had without any hide.</param>
/// <param name="IsItself">Whether the playlist was hidden.</param>
/// <param name="Tracks">Tracks of it that were hidden.</param>
public sealed record HiddenCard(int Card, double Otherwise, bool IsItself, IReadOnlyList<TrackId> Tracks);

/// <summary>A hide that a listener has taken back after its page was closed.</summary>
/// <param name="User">Whose.</param>
/// <param name="Playlist">The playlist that the event named; null where it named none.</param>
/// <param name="Track">The track that is not hidden any more; null where the playlist itself is not.</param>
public readonly record struct HideUndone(UserId User, PlaylistId? Playlist, TrackId? Track);
