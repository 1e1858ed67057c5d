using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>What the doorman knows of one version.</summary>
/// <param name="Version">Its number.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Replaced">The version that was current when this one became it, which a rollback goes back to; 0 for none.</param>
/// <param name="Reasons">Why it is where it is: what the gates or a node found wrong; empty when nothing was.</param>
public sealed record VersionRecord(SnapshotVersion Version, VersionState State, SnapshotVersion Replaced, IReadOnlyList<string> Reasons)
{
    /// <summary>A version that was just registered.</summary>
    /// <param name="version">Its number.</param>
    public VersionRecord(SnapshotVersion version)
        : this(version, VersionState.Registered, default, [])
    {
    }

    /// <inheritdoc/>
    public bool Equals(VersionRecord? other) =>
        other is not null && Version == other.Version && State == other.State && Replaced == other.Replaced
        && Reasons.SequenceEqual(other.Reasons, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, State, Replaced, Reasons.Count);
}
