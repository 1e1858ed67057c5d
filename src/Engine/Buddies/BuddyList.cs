using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Buddies;

/// <summary>A listener's nearest listeners.</summary>
/// <param name="User">Whose list it is.</param>
/// <param name="Version">The model version whose vectors were compared.</param>
/// <param name="Buddies">Most similar first.</param>
public sealed record BuddyList(UserId User, SnapshotVersion Version, IReadOnlyList<Buddy> Buddies);

/// <summary>One listener with a similar taste.</summary>
/// <param name="User">Who.</param>
/// <param name="Similarity">Cosine of the two taste vectors, −1 to 1.</param>
/// <param name="SharedTracks">How many tracks both are known to like or play.</param>
public sealed record Buddy(UserId User, float Similarity, int SharedTracks);
