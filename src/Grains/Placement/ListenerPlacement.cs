using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Buddies.Grains.Placement;

/// <summary>A listener lives on the silo that <see cref="Owners"/> names when it is activated, and stays there.</summary>
[Serializable]
internal sealed class ListenerPlacement : PlacementStrategy;

/// <inheritdoc cref="ListenerPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ListenerPlacementAttribute() : PlacementAttribute(new ListenerPlacement());

/// <inheritdoc cref="ListenerPlacement"/>
internal sealed class ListenerPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(Owners.Of(target.GrainIdentity.Key.ToString()!, context.GetCompatibleSilos(target)));
}

/// <summary>A door stands on the silo that its key names, and nowhere else.</summary>
[Serializable]
internal sealed class DoorPlacement : PlacementStrategy;

/// <inheritdoc cref="DoorPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class DoorPlacementAttribute() : PlacementAttribute(new DoorPlacement());

/// <inheritdoc cref="DoorPlacement"/>
internal sealed class DoorPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silo = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        return context.GetCompatibleSilos(target).Contains(silo)
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"{silo} is not a member of the cluster.");
    }
}
