using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Serving;

/// <summary>
/// One play of the listener who measures how fresh everybody's answers are. Its facts are that one play alone, so every
/// probe moves it far: to be true again its buddies need a search.
/// </summary>
/// <param name="Facts">What it has heard.</param>
/// <param name="Unit">[d], unit length; all zero where the model says nothing of the track.</param>
public sealed record CanaryPlay(UserTaste Facts, float[] Unit)
{
    /// <summary>Tracks that it listens to in turns.</summary>
    private const int Tracks = 64;

    /// <summary>An id that no request can name: control characters are not allowed in any.</summary>
    public static UserId User { get; } = new("\u0001freshness");

    /// <summary>Plays a track of a model, another one each time.</summary>
    /// <param name="snapshot">The model's files; held by the caller.</param>
    /// <param name="model">The same, bound to the catalogue.</param>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="transform">The taste transform.</param>
    /// <param name="number">Goes up with every play.</param>
    /// <param name="now">When.</param>
    /// <returns>Null where the model knows no track.</returns>
    public static CanaryPlay? Make(
        Snapshot snapshot, ServingModel model, MusicCatalogue catalogue, TasteTransform transform, int number, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(catalogue);
        if (snapshot.TrackCount == 0)
        {
            return null;
        }

        var track = snapshot.TrackId(number % Math.Min(snapshot.TrackCount, Tracks));
        var facts = new UserTaste(transform);
        facts.Apply(new UserEvent(new EventId("probe"), User, EventKind.Listen, track, null, null, null, now), catalogue.Intern(track), null);
        var unit = new float[model.Dimension];
        LiveTaste.Derive(facts, model, new FoldInSystem(model.Dimension), unit);
        VectorKernels.Normalize(unit);
        return new CanaryPlay(facts, unit);
    }
}
