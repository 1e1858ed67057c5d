namespace Buddies.Training.Evaluation;

/// <summary>Listeners by how much is known about them.</summary>
/// <param name="Name">new, light or heavy.</param>
/// <param name="From">The fewest facts.</param>
/// <param name="To">The most facts.</param>
public sealed record Slice(string Name, int From, int To)
{
    /// <summary>All slices: new listeners of up to 5 facts, light ones of up to 20, and heavy ones.</summary>
    public static IReadOnlyList<Slice> All { get; } = [new("new", 1, 5), new("light", 6, 20), new("heavy", 21, int.MaxValue)];

    /// <summary>Whether a listener of so many facts is in it.</summary>
    public bool Holds(int facts) => facts >= From && facts <= To;
}
