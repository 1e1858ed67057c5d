using System.Security.Cryptography;
using System.Text;
using Buddies.Engine.Identifiers;

namespace Buddies.Training.Evaluation;

/// <summary>
/// The listeners with friends in two halves: constants are chosen by the friends of one, and what they are worth is read
/// off the other, for whom nothing was chosen.
/// </summary>
public static class FriendHalves
{
    /// <summary>Whether constants may be chosen by a listener's friends: by the id alone, so the same on every machine.</summary>
    public static bool IsForTuning(UserId user)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(user.Value), hash);
        return (hash[0] & 1) == 0;
    }

    /// <summary>The values of one half.</summary>
    /// <param name="graph">Who is whose friend.</param>
    /// <param name="values">[pool].</param>
    /// <param name="forTuning">Which half.</param>
    public static double[] Of(FriendshipGraph graph, double[] values, bool forTuning)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(values);
        return [.. values.Where((_, i) => IsForTuning(graph.Pool[i]) == forTuning)];
    }
}
