using System.Globalization;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Storage;
using Buddies.Training.Facts;

namespace Buddies.Training.Validation;

/// <summary>
/// Joins what serving has of a listener with its training twin: the facts that serving kept beside the replay of the same
/// events by the trainer, and the vector that serving makes of the events that training had beside the one that training ended with.
/// </summary>
internal static class TwinCheck
{
    /// <summary>Two numbers of unit vectors may differ by so much: they come of different orders of the same sums.</summary>
    public const double Tolerance = 1e-4;

    private const int MostNamed = 3;

    /// <summary>Compares.</summary>
    /// <param name="store">Where checkpoints and events are.</param>
    /// <param name="facts">The log up to its end; describes tracks.</param>
    /// <param name="snapshot">The version.</param>
    /// <param name="most">At most so many listeners, those of the least hashes.</param>
    /// <param name="cancellationToken">Stops between listeners.</param>
    public static async Task<TwinReport> CheckAsync(IStore store, FactSet facts, Snapshot snapshot, int most, CancellationToken cancellationToken)
    {
        var model = new ServingModel(snapshot, facts.Catalogue);
        var rows = Enumerable.Range(0, snapshot.UserCount).OrderBy(row => HashOf(snapshot.UserId(row))).Take(most).ToArray();
        var system = new FoldInSystem(model.Dimension);
        var (served, twin) = (new float[model.Dimension], new float[model.Dimension]);
        var (joined, factsCompared, vectorsCompared, largest) = (0, 0, 0, 0.0);
        var (factFaults, vectorFaults) = (new List<string>(), new List<string>());
        var dropped = await store.Events.DroppedThroughAsync(cancellationToken).ConfigureAwait(false);
        foreach (var row in rows)
        {
            var user = snapshot.UserId(row);
            var events = await store.Events.ReadUserAsync(user, 0, cancellationToken).ConfigureAwait(false);
            var checkpoint = await store.Checkpoints.ReadAsync(user, cancellationToken).ConfigureAwait(false);
            UserTaste? kept = null;
            if (checkpoint is { State: { } state, Offset: var offset })
            {
                kept = UserTaste.Load(state, facts.Catalogue, facts.Tastes.Count > 0 ? facts.Tastes[0].Transform : TasteTransform.Default);
                if (dropped == 0)
                {
                    factsCompared++;
                    Serve(kept, served);
                    Serve(Replay(events.Where(one => one.Offset <= offset), facts), twin);
                    Compare(user, served, twin, factFaults);
                }
            }

            // What serving keeps of one who has been silent since; of the others the events that training had, as serving applies them.
            var isSilent = events.All(one => one.Offset <= snapshot.Manifest.Watermark);
            if ((isSilent && kept is not null) || dropped == 0)
            {
                vectorsCompared++;
                Serve(isSilent && kept is not null ? kept : Replay(events.Where(one => one.Offset <= snapshot.Manifest.Watermark), facts), served);
                snapshot.UserVector(row).CopyTo(twin);
                VectorKernels.Normalize(twin);
                Compare(user, served, twin, vectorFaults);
                joined++;
            }
            else
            {
                joined += kept is not null ? 1 : 0;
            }
        }

        var anomalies = new List<Anomaly>();
        Tell(factFaults, factsCompared, "The facts that serving kept give another vector than the replay of the same events", anomalies);
        Tell(vectorFaults, vectorsCompared, "The served vector is not the one that training ended with", anomalies);
        if (joined == 0 && snapshot.UserCount > 0)
        {
            anomalies.Add(new Anomaly(Severity.Error, "twins", null, null, "No served vector could be joined with its training twin."));
        }

        return new TwinReport(joined, factsCompared, vectorsCompared, largest, anomalies);

        void Serve(UserTaste taste, float[] vector)
        {
            Array.Clear(vector);
            LiveTaste.Derive(taste, model, system, vector);
            VectorKernels.Normalize(vector);
        }

        void Compare(UserId user, float[] one, float[] other, List<string> faults)
        {
            var difference = 0.0;
            for (var i = 0; i < one.Length; i++)
            {
                difference = Math.Max(difference, Math.Abs((double)one[i] - other[i]));
            }

            largest = Math.Max(largest, difference);

            // Written so that NaN fails.
            if (!(difference <= Tolerance))
            {
                faults.Add(user.Value);
            }
        }
    }

    private static UserTaste Replay(IEnumerable<LoggedEvent> events, FactSet facts)
    {
        var taste = new UserTaste(facts.Tastes[0].Transform);
        foreach (var logged in events)
        {
            var one = logged.Event;
            taste.Apply(
                one,
                one.Track is { } track ? facts.Catalogue.Intern(track) : null,
                one.Playlist is { } playlist ? facts.Catalogue.Intern(playlist) : null);
        }

        return taste;
    }

    private static void Tell(List<string> faults, int compared, string what, List<Anomaly> anomalies)
    {
        if (faults.Count > 0)
        {
            anomalies.Add(new Anomaly(
                Severity.Error, "twins", null, null, string.Create(CultureInfo.InvariantCulture, $"{what}: {faults.Count} of {compared} listeners, such as {string.Join(", ", faults.Take(MostNamed))}.")));
        }
    }

    private static ulong HashOf(UserId user) => Engine.Bandits.StableHash.Of(user.Value, 17);
}
