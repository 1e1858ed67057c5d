namespace Buddies.Engine.Buddies.Cells;

/// <summary>How well a buddy set stands.</summary>
/// <param name="Version">Goes up whenever somebody enters or leaves the first K.</param>
/// <param name="SearchedAt">What <see cref="BuddyCells.Now"/> was when its cells were last searched for it.</param>
/// <param name="SlackSpent">The part of its slack that is used up, 0 to 1; at 1 the next loss makes it search its cells anew.</param>
public readonly record struct BuddySetState(int Version, long SearchedAt, float SlackSpent);

public sealed partial class BuddyCells
{
    private int[] _versions = [];
    private long[] _searchedAt = [];

    /// <summary>The time, in whatever unit the owner keeps it; the owner sets it, now and then.</summary>
    public long Now { get; set; }

    /// <summary>Moves one listener, or lets it join.</summary>
    /// <param name="user">A listener's number.</param>
    /// <param name="vector">[d], unit length.</param>
    public void Move(int user, ReadOnlySpan<float> vector) => Move([user], vector);

    /// <summary>A number that goes up whenever somebody enters or leaves a listener's first K.</summary>
    /// <param name="user">A listener's number.</param>
    /// <returns>0 for one who never had a buddy set.</returns>
    public int VersionOf(int user) => user < _versions.Length ? _versions[user] : 0;

    /// <summary>How well a listener's buddy set stands.</summary>
    /// <param name="user">A listener's number.</param>
    /// <returns>Null without a buddy set.</returns>
    public BuddySetState? StateOf(int user) => user < _listeners.Length && _listeners[user].Set is >= 0 and var slot
        ? new BuddySetState(VersionOf(user), _searchedAt[user], 1 - (Math.Max(0, _sets.Count(slot) - Count) / (float)(_sets.Capacity - Count)))
        : null;
}
