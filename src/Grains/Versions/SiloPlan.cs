using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;

namespace Buddies.Grains.Versions;

/// <summary>Which versions a silo has at one moment, and whom each serves. Immutable: a flip is the exchange of one reference.</summary>
/// <param name="Current">Serves everybody whom the canary does not; null without a model.</param>
/// <param name="Canary">Serves a share of the listeners; null without a canary.</param>
/// <param name="CanaryPercent">That share, 0 to 100.</param>
/// <param name="Waiting">Serve nobody: one that is being prepared, or is kept for a rollback.</param>
internal sealed record SiloPlan(SiloVersion? Current, SiloVersion? Canary, double CanaryPercent, IReadOnlyList<SiloVersion> Waiting)
{
    public static SiloPlan Empty { get; } = new(null, null, 0, []);

    /// <summary>Every version once.</summary>
    public IReadOnlyList<SiloVersion> All { get; } = [.. new[] { Current, Canary }.OfType<SiloVersion>().Concat(Waiting).Distinct()];

    /// <summary>The version that serves a listener; the same one as long as the plan stands.</summary>
    public SiloVersion? Of(UserId user) => Canary is not null && CanaryBucket.Holds(user, CanaryPercent) ? Canary : Current;
}
