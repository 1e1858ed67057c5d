using System.Numerics.Tensors;
using Buddies.Embedded.Freshness;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Embedded;

internal sealed partial class Partition
{
    /// <summary>Tracks that the canary listens to in turns.</summary>
    private const int CanaryTracks = 64;

    /// <summary>Does for the canary what one play does for a listener who is watched: vector, place, buddies, page, push.</summary>
    /// <returns>Null without a model that knows a track.</returns>
    /// <remarks>Its facts are that one play alone, so every probe moves it far: to be true again its buddies need a search.</remarks>
    public FreshnessSteps? Probe(FreshnessCanary canary)
    {
        if (_plan.Current is not { Snapshot.TrackCount: > 0 } version)
        {
            return null;
        }

        var model = version.Model;
        canary.Number++;
        var track = version.Snapshot.TrackId(canary.Number % Math.Min(version.Snapshot.TrackCount, CanaryTracks));
        var facts = new UserTaste(_options.Transform);
        facts.Apply(
            new UserEvent(new EventId("probe"), FreshnessCanary.Id, EventKind.Listen, track, null, null, null, _time.GetUtcNow()),
            _runtime.Catalogue.Intern(track),
            null);
        var unit = new float[model.Dimension];
        LiveTaste.Derive(facts, model, Scratch(model), unit);
        VectorKernels.Normalize(unit);
        var cells = version.Cells;
        cells.Place(canary.Position, unit);
        var vectorAt = _time.GetTimestamp();
        if (!cells.IsResident(canary.Position))
        {
            return new FreshnessSteps(vectorAt, vectorAt, "vector"); // A vector of zeros: the model says nothing of the track.
        }

        cells.SetInvisible(canary.Position, true);
        canary.Version = version;
        _ = cells.TryActivate(canary.Position);
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
        User = FreshnessCanary.Id,
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
