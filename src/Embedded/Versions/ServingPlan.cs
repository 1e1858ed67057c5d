using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Versions;

/// <summary>
/// Which versions there are at one moment, and whom each serves. Immutable: a flip is the exchange of one reference to one
/// of these. A partition takes it once for each piece of work.
/// </summary>
/// <param name="Current">Serves everybody whom the canary does not; null without a model.</param>
/// <param name="Canary">Serves a share of the listeners; null without a canary.</param>
/// <param name="CanaryPercent">That share, 0 to 100.</param>
/// <param name="Waiting">Serve nobody: one that is being prepared, or is kept for a rollback. Their vectors are kept up all the same.</param>
internal sealed record ServingPlan(ServedVersion? Current, ServedVersion? Canary, double CanaryPercent, IReadOnlyList<ServedVersion> Waiting)
{
    public static ServingPlan Empty { get; } = new(null, null, 0, []);

    /// <summary>Every version once.</summary>
    public IReadOnlyList<ServedVersion> All { get; } =
        [.. new[] { Current, Canary }.OfType<ServedVersion>().Concat(Waiting).Distinct()];

    /// <summary>The versions that serve somebody.</summary>
    public IReadOnlyList<ServedVersion> Serving { get; } = [.. new[] { Current, Canary }.OfType<ServedVersion>().Distinct()];

    /// <summary>The version that serves a listener; the same one as long as the plan stands.</summary>
    public ServedVersion? Of(UserId user) =>
        Canary is not null && CanaryBucket.Holds(user, CanaryPercent) ? Canary : Current;
}
