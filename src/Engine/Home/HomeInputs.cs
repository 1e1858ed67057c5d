using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;

namespace Buddies.Engine.Home;

/// <summary>All that a page is made of; the same inputs give the same page.</summary>
public sealed class HomeInputs
{
    /// <summary>Whose page.</summary>
    public required UserId User { get; init; }

    /// <summary>The listener's facts.</summary>
    public required UserTaste Facts { get; init; }

    /// <summary>The model version that serves the listener; null when there is none yet.</summary>
    public required ServingModel? Model { get; init; }

    /// <summary>The process's catalogue.</summary>
    public required MusicCatalogue Catalogue { get; init; }

    /// <summary>Unit taste vector; all zero without history.</summary>
    public required float[] Taste { get; init; }

    /// <summary>Session vector; its length, 0 to 1, is how much of a session there is.</summary>
    public required float[] Session { get; init; }

    /// <summary>Nearest listeners, best first.</summary>
    public required IReadOnlyList<NearListener> Buddies { get; init; }

    /// <summary>The most followed public playlists, best first.</summary>
    public required IReadOnlyList<PopularPlaylist> Popular { get; init; }

    /// <summary>Tells what other listeners are known to like.</summary>
    public required IKnownTracks Known { get; init; }

    /// <summary>How much each feature counts.</summary>
    public RankingWeights Weights { get; init; } = RankingWeights.Default;
}

/// <summary>A buddy by position.</summary>
/// <param name="Index">Position in this process.</param>
/// <param name="User">Who.</param>
/// <param name="Similarity">Cosine of the taste vectors.</param>
public readonly record struct NearListener(UserIndex Index, UserId User, float Similarity);

/// <summary>A playlist with its followers as of now.</summary>
/// <param name="Playlist">Which.</param>
/// <param name="Followers">Followers told by the catalogue and followers seen here.</param>
public readonly record struct PopularPlaylist(PlaylistIndex Playlist, int Followers);

/// <summary>What other listeners are known to like.</summary>
public interface IKnownTracks
{
    /// <summary>Copies a listener's known tracks.</summary>
    /// <param name="user">Who.</param>
    /// <param name="tracks">Destination for catalogue positions, ascending.</param>
    /// <returns>How many were copied.</returns>
    int CopyKnownTracks(UserIndex user, Span<int> tracks);
}
