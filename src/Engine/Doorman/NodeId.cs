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
