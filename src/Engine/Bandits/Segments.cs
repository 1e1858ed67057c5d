using Buddies.Engine.Taste;

namespace Buddies.Engine.Bandits;

/// <summary>Groups of listeners whose shelves are learned together: how much is known of them, and whether they are listening now.</summary>
public static class Segments
{
    /// <summary>How many there are.</summary>
    public const int Count = 8;

    /// <summary>The segment of a listener.</summary>
    /// <param name="facts">The listener's facts.</param>
    /// <param name="sessionLength">How much of a session there is, 0 to 1.</param>
    /// <returns>0 to <see cref="Count"/> − 1: twice the step of track facts (none, under 30, under 200, more), plus 1 in a session.</returns>
    public static int Of(UserTaste facts, float sessionLength)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var step = facts.TrackCount switch { 0 => 0, < 30 => 1, < 200 => 2, _ => 3 };
        return (2 * step) + (sessionLength > 0.25f ? 1 : 0);
    }

    /// <summary>A segment in words.</summary>
    /// <param name="segment">0 to <see cref="Count"/> − 1.</param>
    /// <returns>For example <c>regular, listening</c>.</returns>
    public static string NameOf(int segment)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(segment);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(segment, Count);
        var name = (segment / 2) switch { 0 => "new", 1 => "light", 2 => "regular", _ => "heavy" };
        return segment % 2 == 0 ? name : name + ", listening";
    }
}
