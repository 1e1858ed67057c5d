using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Buddies;

/// <summary>A listener's nearest listeners.</summary>
/// <param name="User">Whose list it is.</param>
/// <param name="Version">The model version whose vectors were compared.</param>
/// <param name="Buddies">Most similar first.</param>
public sealed record BuddyList(UserId User, SnapshotVersion Version, IReadOnlyList<Buddy> Buddies)
{
    /// <summary>Whether two lists show people the same: model, listeners, order, tracks in common, and similarity to two decimals.</summary>
    /// <param name="other">Another list of the listener.</param>
    /// <returns>True when a client need not be told.</returns>
    public bool ShowsTheSameAs(BuddyList other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Version != other.Version || Buddies.Count != other.Buddies.Count)
        {
            return false;
        }

        for (var i = 0; i < Buddies.Count; i++)
        {
            var (left, right) = (Buddies[i], other.Buddies[i]);
            if (left.User != right.User || left.SharedTracks != right.SharedTracks || MathF.Round(left.Similarity, 2) != MathF.Round(right.Similarity, 2))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>One listener with a similar taste.</summary>
/// <param name="User">Who.</param>
/// <param name="Similarity">Cosine of the two taste vectors, −1 to 1.</param>
/// <param name="SharedTracks">How many tracks both are known to like or play.</param>
public sealed record Buddy(UserId User, float Similarity, int SharedTracks);
