using System.Collections.Frozen;
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

    /// <summary>How much each feature counts. The defaults give way to weights that the model brings.</summary>
    public RankingWeights Weights { get; init; } = RankingWeights.Default;

    /// <summary>Which model ranks which shelf. Default the blend of all features everywhere.</summary>
    public ShelfModels ShelfModels { get; init; } = ShelfModels.None;

    /// <summary>Who decides shelves and places; null for the fixed page of three shelves, which explores nothing.</summary>
    public HomePolicy? Policy { get; init; }

    /// <summary>Chooses what the policy draws: equal inputs with equal seeds give equal pages.</summary>
    public ulong Seed { get; init; }

    /// <summary>The present, Unix milliseconds: what "just" and "lately" are measured from. 0 leaves out the shelves that need it.</summary>
    public long NowMs { get; init; }

    /// <summary>The listener's setting between the familiar, 0, and discoveries, 1; a request may say otherwise. Default 0.5.</summary>
    public double Discovery { get; init; } = 0.5;

    /// <summary>What the listener has seen of late; null caps nothing.</summary>
    public SeenCards? Seen { get; init; }

    /// <summary>Listeners whose playlists this one must not be shown.</summary>
    public IReadOnlySet<UserId> Blocked { get; init; } = FrozenSet<UserId>.Empty;

    /// <summary>What buddies have followed, the latest first.</summary>
    public IReadOnlyList<BuddyFollow> BuddyFollows { get; init; } = [];

    /// <summary>The most followed public playlists among listeners of like taste, best first.</summary>
    public IReadOnlyList<PopularPlaylist> PopularNear { get; init; } = [];

    /// <summary>Public playlists that are new and have not had a fair number of impressions yet.</summary>
    public IReadOnlyList<PlaylistIndex> Fresh { get; init; } = [];

    /// <summary>Playlists that the listener has played from, the latest first.</summary>
    public IReadOnlyList<PlayedPlaylist> Played { get; init; } = [];
}

/// <summary>A buddy has followed a playlist.</summary>
/// <param name="Playlist">Which.</param>
/// <param name="Follower">Who.</param>
/// <param name="AtMs">When, Unix milliseconds.</param>
public readonly record struct BuddyFollow(PlaylistIndex Playlist, UserId Follower, long AtMs);

/// <summary>A playlist that the listener has played from.</summary>
/// <param name="Playlist">Which.</param>
/// <param name="LastAtMs">The newest play, Unix milliseconds.</param>
public readonly record struct PlayedPlaylist(PlaylistIndex Playlist, long LastAtMs);

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
