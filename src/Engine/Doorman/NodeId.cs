namespace Buddies.Engine.Doorman;

/// <summary>A process that serves: the one of the embedded runtime, or a silo of the cluster.</summary>
/// <param name="Value">A name that stays the same when the process starts again.</param>
public readonly record struct NodeId(string Value) : IComparable<NodeId>
{
    /// <summary>The ordinal order of names.</summary>
    public static bool operator <(NodeId left, NodeId right) => left.CompareTo(right) < 0;

    /// <summary>The ordinal order of names.</summary>
    public static bool operator >(NodeId left, NodeId right) => left.CompareTo(right) > 0;

    /// <summary>The ordinal order of names.</summary>
    public static bool operator <=(NodeId left, NodeId right) => left.CompareTo(right) <= 0;

    /// <summary>The ordinal order of names.</summary>
    public static bool operator >=(NodeId left, NodeId right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(NodeId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>One start of a node. What was agreed with an earlier start does not hold for a later one.</summary>
/// <param name="Node">Which node.</param>
/// <param name="Incarnation">Which start of it, larger at every start; when a later one speaks, the earlier ones have ended.</param>
public readonly record struct Member(NodeId Node, long Incarnation) : IComparable<Member>
{
    /// <summary>By name, then by start.</summary>
    public static bool operator <(Member left, Member right) => left.CompareTo(right) < 0;

    /// <summary>By name, then by start.</summary>
    public static bool operator >(Member left, Member right) => left.CompareTo(right) > 0;

    /// <summary>By name, then by start.</summary>
    public static bool operator <=(Member left, Member right) => left.CompareTo(right) <= 0;

    /// <summary>By name, then by start.</summary>
    public static bool operator >=(Member left, Member right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Member other) =>
        Node.CompareTo(other.Node) is not 0 and var order ? order : Incarnation.CompareTo(other.Incarnation);

    /// <inheritdoc/>
    public override string ToString() => $"{Node} (start {Incarnation})";
}
