using System.Globalization;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;

namespace Buddies.Cli.Bench.Faults;

/// <summary>
/// Holds vectors against the plain model's: those that the server's own fold-in makes of the facts that it saved, and the
/// similarities of buddies that it served.
/// </summary>
internal sealed class VectorJudge
{
    /// <summary>Length of the difference of two unit vectors; the server rounds weights to single precision.</summary>
    private const double VectorTolerance = 1e-4;

    /// <summary>The cells keep sixteen bits a dimension, and the snapshot's vectors are rounded too.</summary>
    private const double SimilarityTolerance = 2e-3;

    private readonly ServingModel _model;
    private readonly FoldInSystem _system;
    private readonly Dictionary<string, double[]> _expected = new(StringComparer.Ordinal);

    /// <param name="snapshot">The model that was served.</param>
    /// <param name="catalogue">What gave the facts' tracks their positions.</param>
    /// <param name="listeners">The plain facts of everybody who was written to; the others are silent since the training.</param>
    public VectorJudge(Snapshot snapshot, MusicCatalogue catalogue, IReadOnlyDictionary<string, PlainTaste> listeners)
    {
        (_model, _system) = (new ServingModel(snapshot, catalogue), new FoldInSystem(snapshot.Dimension));
        for (var row = 0; row < snapshot.UserCount; row++)
        {
            _expected[snapshot.UserId(row).Value] = PlainFoldIn.Unit([.. snapshot.UserVector(row).ToArray().Select(x => (double)x)]);
        }

        var foldIn = new PlainFoldIn(snapshot);
        foreach (var (listener, facts) in listeners)
        {
            _expected[listener] = foldIn.Solve(facts);
        }
    }

    /// <summary>Compares.</summary>
    /// <param name="listener">Whose.</param>
    /// <param name="facts">As the server saved them.</param>
    /// <param name="buddies">As the recovered server gave them.</param>
    /// <returns>The first difference in words; null where there is none.</returns>
    public string? FindDifference(string listener, UserTaste facts, IReadOnlyList<(string Listener, float Similarity)> buddies)
    {
        var expected = _expected[listener];
        var derived = new float[expected.Length];
        LiveTaste.Derive(facts, _model, _system, derived);
        var distance = Math.Sqrt(PlainFoldIn.Unit([.. derived.Select(x => (double)x)]).Zip(expected).Sum(pair => Math.Pow(pair.First - pair.Second, 2)));
        if (!(distance <= VectorTolerance))
        {
            return Say($"the vector of the saved facts is {distance:0.0000} from the model's");
        }

        if (buddies.Count == 0 && expected.Any(x => x != 0))
        {
            return "no buddies are served for a listener with a taste";
        }

        foreach (var (other, similarity) in buddies)
        {
            var cosine = _expected[other].Zip(expected).Sum(pair => pair.First * pair.Second);
            if (!(Math.Abs(cosine - similarity) <= SimilarityTolerance))
            {
                return Say($"similarity with {other}: {cosine:0.0000} expected, {similarity:0.0000} served");
            }
        }

        return null;
    }

    /// <summary>The share of a listener's nearest that are among those served, by brute force over everybody.</summary>
    /// <param name="listener">Whose.</param>
    /// <param name="served">What was served; more than <paramref name="count"/> count no more.</param>
    /// <param name="count">K.</param>
    /// <returns>0 to 1; whoever is as near as the K-th within rounding is right.</returns>
    public double RecallOf(string listener, IReadOnlyList<(string Listener, float Similarity)> served, int count)
    {
        var expected = _expected[listener];
        var cosines = _expected.Where(other => other.Key != listener && other.Value.Any(x => x != 0))
            .ToDictionary(other => other.Key, other => other.Value.Zip(expected).Sum(pair => pair.First * pair.Second), StringComparer.Ordinal);
        var line = cosines.Values.Order().TakeLast(count).First() - SimilarityTolerance;
        return served.Take(count).Count(buddy => cosines.GetValueOrDefault(buddy.Listener, -1) >= line) / (double)Math.Min(count, cosines.Count);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
