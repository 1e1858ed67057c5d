using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Cli.Bench.Swap;

/// <summary>
/// What every number in an answer has to be, from the first version's files and the events that were sent: a fold-in of
/// its own for each probe, the trained vector for everybody who is silent. All versions are this one turned, so the same
/// numbers hold for each. Not thread-safe but for what one probe alone uses.
/// </summary>
internal sealed class SwapOracle
{
    /// <summary>Similarities of vectors of sixteen bits a dimension, and of others' moves that are too small to be announced.</summary>
    public const double SimilarityTolerance = 0.002;

    /// <summary>The same for numbers that are rounded to two places.</summary>
    private const double TextTolerance = 0.0075;

    private readonly Snapshot _snapshot;
    private readonly MusicCatalogue _catalogue;
    private readonly ServingModel _model;
    private readonly Dictionary<string, int> _rowOfUser = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _playlists = new(StringComparer.Ordinal);
    private readonly HashSet<string> _movers;

    /// <param name="snapshot">The first version.</param>
    /// <param name="catalogue">The catalogue that facts are kept by.</param>
    /// <param name="movers">Those who listen: only their own answers are compared, at times when they do not.</param>
    public SwapOracle(Snapshot snapshot, MusicCatalogue catalogue, IEnumerable<string> movers)
    {
        (_snapshot, _catalogue) = (snapshot, catalogue);
        _model = new ServingModel(snapshot, catalogue);
        _movers = [.. movers];
        for (var row = 0; row < snapshot.UserCount; row++)
        {
            _rowOfUser[snapshot.UserId(row).Value] = row;
        }

        for (var row = 0; row < snapshot.PlaylistCount; row++)
        {
            var id = snapshot.PlaylistId(row);
            _playlists[id.Value] = catalogue.Intern(id).Value;
        }
    }

    public int Dimension => _model.Dimension;

    public void Apply(UserTaste facts, in UserEvent @event) =>
        facts.Apply(@event, @event.Track is { } track ? _catalogue.Intern(track) : null, null);

    /// <summary>A probe's unit vector from all of its events.</summary>
    public float[] VectorOf(UserTaste facts)
    {
        var vector = new float[Dimension];
        LiveTaste.Derive(facts, _model, new FoldInSystem(Dimension), vector);
        VectorKernels.Normalize(vector);
        return vector;
    }

    /// <summary>Compares the numbers of an answer with what they have to be.</summary>
    /// <param name="vector">The vector of the listener whose answer it is.</param>
    /// <param name="answer">A page or a list of buddies.</param>
    /// <returns>How many numbers there were to compare, and the largest difference in tolerances.</returns>
    public (int Numbers, double Worst) Compare(float[] vector, JsonElement answer)
    {
        var (numbers, worst) = (0, 0.0);
        if (answer.TryGetProperty("buddies", out var buddies))
        {
            foreach (var buddy in buddies.EnumerateArray())
            {
                if (ExpectedBuddy(vector, buddy.GetProperty("userId").GetString()!) is { } expected)
                {
                    numbers++;
                    worst = Math.Max(worst, Math.Abs(buddy.GetProperty("similarity").GetDouble() - expected) / SimilarityTolerance);
                }
            }
        }
        else
        {
            foreach (var card in answer.GetProperty("shelves").EnumerateArray().SelectMany(shelf => shelf.GetProperty("cards").EnumerateArray()))
            {
                if (CompareCard(vector, card) is { } difference)
                {
                    numbers++;
                    worst = Math.Max(worst, difference / TextTolerance);
                }
            }
        }

        return (numbers, worst);
    }

    /// <summary>"from listener 275, 0.83 taste match, …", "followed by listener 275, 0.83 taste match, …" and "0.71 taste match, …".</summary>
    private double? CompareCard(float[] vector, JsonElement card)
    {
        const string Match = " taste match";
        var reason = card.GetProperty("reason").GetString()!;
        var end = reason.IndexOf(Match, StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        var start = reason.LastIndexOf(' ', end - 1) + 1;
        if (!double.TryParse(reason.AsSpan(start, end - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var shown))
        {
            return null;
        }

        const string From = "from listener ";
        const string Followed = "followed by listener ";
        const string Comma = ", ";
        var expected = reason.StartsWith(From, StringComparison.Ordinal)
            ? ExpectedBuddy(vector, card.GetProperty("ownerId").GetString()!)
            : reason.StartsWith(Followed, StringComparison.Ordinal)
            ? ExpectedBuddy(vector, reason[Followed.Length..(start - Comma.Length)])
            : ExpectedPlaylist(vector, card.GetProperty("playlistId").GetString()!);
        return expected is { } value ? Math.Abs(shown - value) : null;
    }

    private double? ExpectedBuddy(float[] vector, string other)
    {
        if (_movers.Contains(other) || !_rowOfUser.TryGetValue(other, out var row))
        {
            return null;
        }

        var theirs = _snapshot.UserVector(row);
        var norm = TensorPrimitives.Norm(theirs);
        return norm > 0 ? TensorPrimitives.Dot(vector, theirs) / norm : null;
    }

    private double? ExpectedPlaylist(float[] vector, string playlist) =>
        _playlists.TryGetValue(playlist, out var index) && _model.PlaylistVector(index) is { Length: > 0 } theirs
            ? TensorPrimitives.Dot(vector, theirs)
            : null;

    /// <summary>The trained vector of a silent listener.</summary>
    public float[] TrainedVectorOf(int row)
    {
        var vector = _snapshot.UserVector(row).ToArray();
        VectorKernels.Normalize(vector);
        return vector;
    }
}
