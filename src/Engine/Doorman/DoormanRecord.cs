using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Doorman;

/// <summary>The doorman's durable state: the truth about what is served, changed by compare-and-set on its epoch alone.</summary>
/// <param name="Epoch">Grows by one with every change; 0 before the first.</param>
/// <param name="Current">The version that is served; 0 for none.</param>
/// <param name="Canary">The candidate beside it; null for none.</param>
/// <param name="Rollout">What is under way; null for nothing.</param>
/// <param name="Nodes">The nodes that may serve, ascending: each has to prepare a version before it is served.</param>
/// <param name="Fencing">Nodes that were shut out and have not been seen to stop serving yet, ascending; nothing is committed meanwhile.</param>
/// <param name="Versions">Every registered version, ascending.</param>
/// <remarks>Two records are equal when all of their parts are.</remarks>
public sealed record DoormanRecord(
    long Epoch,
    SnapshotVersion Current,
    Canary? Canary,
    Rollout? Rollout,
    IReadOnlyList<Member> Nodes,
    IReadOnlyList<Member> Fencing,
    IReadOnlyList<VersionRecord> Versions)
{
    /// <summary>Nothing was ever served.</summary>
    public static DoormanRecord Empty { get; } = new(0, default, null, null, [], [], []);

    /// <summary>Whether nothing is under way.</summary>
    public bool IsDecided => Rollout is null && Fencing.Count == 0;

    /// <summary>The version that a rollback without a number goes back to.</summary>
    /// <returns>The nearest one that can be served again, along what each version replaced; null when there is none.</returns>
    public SnapshotVersion? Former
    {
        get
        {
            // Each step is taken once: a chain that runs in a circle ends.
            var at = Find(Current);
            for (var steps = 0; at is not null && steps < Versions.Count; steps++)
            {
                at = Find(at.Replaced);
                if (at is not null && MayReturn(at) && at.Version != Current)
                {
                    return at.Version;
                }
            }

            return null;
        }
    }

    /// <summary>Whether a version was current once: it replaced one, or one has replaced it.</summary>
    /// <param name="version">One of <see cref="Versions"/>.</param>
    public bool HasServed(VersionRecord version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return version.Replaced.Value != 0 || version.State == VersionState.Retired || Versions.Any(other => other.Replaced == version.Version);
    }

    /// <summary>Whether a rollback may go back to a version: it is retired, or was, and has been let through for another promotion since.</summary>
    /// <param name="version">One of <see cref="Versions"/>.</param>
    public bool MayReturn(VersionRecord version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return version.State == VersionState.Retired || (version.State == VersionState.Validated && HasServed(version));
    }

    /// <summary>What the doorman knows of a version.</summary>
    /// <param name="version">Which.</param>
    /// <returns>Null when it is not registered.</returns>
    public VersionRecord? Find(SnapshotVersion version) => Versions.FirstOrDefault(record => record.Version == version);

    /// <summary>The versions that a node must have prepared to serve: the current one and the candidate.</summary>
    public IReadOnlyList<SnapshotVersion> Served() => Known(Current, Canary?.Version);

    /// <summary>The versions that a node has to prepare: those served, and then what is rolled out.</summary>
    public IReadOnlyList<SnapshotVersion> Required() => Known(Current, Canary?.Version, Rollout?.Version);

    /// <summary>The versions that a node may hold on to: those required, and the former one while no other comes in, so that a rollback is quick.</summary>
    public IReadOnlyList<SnapshotVersion> Kept() =>
        Rollout is null && Canary is null && Former is { } former ? [.. Required(), former] : Required();

    /// <inheritdoc/>
    public bool Equals(DoormanRecord? other) =>
        other is not null && Epoch == other.Epoch && Current == other.Current && Canary == other.Canary && Rollout == other.Rollout
        && Nodes.SequenceEqual(other.Nodes) && Fencing.SequenceEqual(other.Fencing) && Versions.SequenceEqual(other.Versions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Epoch, Current, Canary, Rollout, Nodes.Count, Fencing.Count, Versions.Count);

    private static SnapshotVersion[] Known(params ReadOnlySpan<SnapshotVersion?> versions)
    {
        var known = new List<SnapshotVersion>();
        foreach (var version in versions)
        {
            if (version is { Value: not 0 } one && !known.Contains(one))
            {
                known.Add(one);
            }
        }

        return [.. known];
    }
}
