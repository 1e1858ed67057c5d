using System.Numerics.Tensors;
using Buddies.Embedded.Freshness;
using Buddies.Engine.Home;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;

namespace Buddies.Embedded;

internal sealed partial class Partition
{
    /// <summary>Does for the canary what one play does for a listener who is watched: vector, place, buddies, page, push.</summary>
    /// <returns>Null without a model that knows a track.</returns>
    public FreshnessSteps? Probe(FreshnessCanary canary)
    {
        if (_plan.Current is not { } version)
        {
            return null;
        }

        var model = version.Model;
        canary.Number++;
        if (CanaryPlay.Make(version.Snapshot, model, _runtime.Catalogue, _options.Transform, canary.Number, _time.GetUtcNow()) is not (var facts, var unit))
        {
            return null;
        }

        var cells = version.Cells;
        cells.Place(canary.Position, unit);
        var vectorAt = _time.GetTimestamp();
        if (!cells.IsResident(canary.Position))
        {
            version.Probe = -1;
            return new FreshnessSteps(vectorAt, vectorAt, "vector"); // A vector of zeros: the model says nothing of the track.
        }

        cells.SetInvisible(canary.Position, true);
        canary.Version = version;
        _ = cells.TryActivate(canary.Position);
        version.Probe = canary.Position;
        var near = NearCanary(canary);
        var buddiesAt = _time.GetTimestamp();
        var placed = new float[model.Dimension];
        var isPlaced = cells.CopyVector(canary.Position, placed) && TensorPrimitives.Distance<float>(placed, unit) <= RoundingOf(unit.Length) * 2;
        canary.Subscription.Push(new HomeUpdate(HomeBuilder.Build(InputsOf(facts, model, unit, near), HomeRequest.Default, canary.Number), null), null);
        return new FreshnessSteps(vectorAt, buddiesAt, !isPlaced ? "vector" : near.Count == 0 && _runtime.Users.Count > 0 && cells.Residents > 1 ? "buddies" : null);
    }

    private List<NearListener> NearCanary(FreshnessCanary canary)
    {
        var near = new List<NearListener>(_options.Buddies);
        var found = canary.Version!.Cells.Read(canary.Position, _nearUsers, _nearSimilarities);
        for (var i = 0; i < found; i++)
        {
            if (_runtime.Users.Find(_nearUsers[i]) is { } other)
            {
                near.Add(new NearListener(other.Index, other.Id, _nearSimilarities[i]));
            }
        }

        return near;
    }

    private HomeInputs InputsOf(UserTaste facts, ServingModel model, float[] unit, List<NearListener> near) => new()
    {
        User = CanaryPlay.User,
        Facts = facts,
        Model = model,
        Catalogue = _runtime.Catalogue,
        Taste = unit,
        Session = new float[model.Dimension],
        Buddies = near,
        Popular = _runtime.Popular.Top,
        Known = _runtime.Users,
        Weights = _options.Weights,
    };
}
