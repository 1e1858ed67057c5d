using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Ranking;

/// <summary>A playlist that may go onto a page.</summary>
/// <param name="Playlist">Which.</param>
/// <param name="Features">Its features for this listener.</param>
/// <param name="Score">The ranker's score.</param>
/// <param name="KnownTracks">How many of its different tracks the listener knows.</param>
public readonly record struct Candidate(PlaylistIndex Playlist, PlaylistFeatures Features, float Score, int KnownTracks);
