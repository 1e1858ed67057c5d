using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Doorman;

/// <summary>A node of the model: the protocol's side of it, and what is really in its memory.</summary>
internal sealed class ModelNode
{
    public required NodeId Id { get; init; }

    /// <summary>Counts its starts.</summary>
    public long Incarnation { get; set; }

    /// <summary>Null while it is dead.</summary>
    public DoormanNode? Machine { get; set; }

    /// <summary>What is mapped and warm.</summary>
    public SortedSet<int> Warm { get; init; } = [];

    /// <summary>What is being prepared.</summary>
    public SortedSet<int> Jobs { get; init; } = [];

    public Member Self => new(Id, Incarnation);

    public ModelNode Copy() => new()
    {
        Id = Id,
        Incarnation = Incarnation,
        Machine = Machine?.Copy(),
        Warm = [.. Warm],
        Jobs = [.. Jobs],
    };

    public void Die()
    {
        Machine = null;
        Warm.Clear();
        Jobs.Clear();
    }

    /// <summary>Whether all that it serves is in its memory.</summary>
    public bool ServesOnlyWhatIsWarm() => Machine?.Serving is not { } serving || (IsWarm(serving.Current) && IsWarm(serving.Canary?.Version ?? default));

    public bool IsWarm(SnapshotVersion version) => version.Value == 0 || Warm.Contains(version.Value);
}
