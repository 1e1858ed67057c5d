using System.Numerics.Tensors;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Home;

/// <summary>A page while it is being filled: filters, features, diversity, and the rule that no playlist stands on it twice.</summary>
internal sealed class PageDraft
{
    /// <summary>λ of maximal marginal relevance: the share of relevance against novelty (Carbonell, Goldstein 1998).</summary>
    private const float Relevance = 0.8f;

    private readonly HomeInputs _inputs;
    private readonly HomeRequest _request;
    private readonly List<Shelf> _shelves = [];
    private readonly HashSet<int> _used = [];
    private readonly HashSet<PlaylistId> _excluded;
    private readonly float _popularityScale;
    private readonly Dictionary<int, int> _followers;

    public PageDraft(HomeInputs inputs, HomeRequest request)
    {
        _inputs = inputs;
        _request = request;
        _excluded = [.. request.Exclude];
        Listener = new ListenerView(inputs.Facts, inputs.Catalogue);
        _followers = new Dictionary<int, int>(inputs.Popular.Count);
        foreach (var popular in inputs.Popular)
        {
            _followers[popular.Playlist.Value] = popular.Followers;
        }

        _popularityScale = inputs.Popular.Count > 0 && inputs.Popular[0].Followers > 0
            ? 1 / MathF.Log(1 + inputs.Popular[0].Followers)
            : 0;
    }

    public ListenerView Listener { get; }

    /// <summary>Adds a playlist to the candidates unless a filter rules it out.</summary>
    public void Consider(PlaylistIndex playlist, float ownerSimilarity, List<Candidate> candidates)
    {
        if (_used.Contains(playlist.Value)
            || _inputs.Catalogue.Describe(playlist) is not { IsPublic: true } contents
            || contents.Owner == _inputs.User
            || contents.Ascending.Length == 0
            || Listener.IsHidden(playlist)
            || _excluded.Contains(contents.Id)
            || Listener.HasHidden(contents))
        {
            return;
        }

        var (known, unheard, disliked) = Listener.Count(contents);
        var vector = _inputs.Model is { } model ? model.PlaylistVector(playlist.Value) : [];
        var followers = _followers.TryGetValue(playlist.Value, out var seen) ? seen : contents.Followers;
        var total = (float)contents.Ascending.Length;
        var features = new PlaylistFeatures(
            HomeBuilder.Match(_inputs.Taste, vector),
            HomeBuilder.Match(_inputs.Session, vector),
            ownerSimilarity,
            known / (known + 5f),
            unheard / total,
            disliked / total,
            Math.Min(1, MathF.Log(1 + followers) * _popularityScale),
            contents.ArtistCount / total);
        candidates.Add(new Candidate(playlist, features, _inputs.Weights.Score(features), known));
    }

    /// <summary>Fills a shelf, best first; a shelf with nothing to show is left out.</summary>
    public void AddShelf(string id, string title, string source, List<Candidate> candidates, int perOwner, Func<Candidate, string> reason)
    {
        if (_shelves.Count >= _request.Shelves)
        {
            return;
        }

        // Ties go by id, so that a page does not depend on the order in which candidates were found.
        candidates.Sort((left, right) => right.Score.CompareTo(left.Score) is not 0 and var order
            ? order
            : string.CompareOrdinal(_inputs.Catalogue.IdOf(left.Playlist).Value, _inputs.Catalogue.IdOf(right.Playlist).Value));
        var chosen = source == "popular" ? candidates : Diversify(candidates, perOwner);
        var cards = new List<Card>(_request.Cards);
        foreach (var candidate in chosen)
        {
            if (cards.Count == _request.Cards)
            {
                break;
            }

            var contents = _inputs.Catalogue.Describe(candidate.Playlist)!;
            _used.Add(candidate.Playlist.Value);
            cards.Add(new Card(contents.Id, contents.Title, contents.Owner, candidate.Score, source, reason(candidate), string.Empty));
        }

        if (cards.Count > 0)
        {
            _shelves.Add(new Shelf(id, title, cards));
        }
    }

    /// <summary>Closes the page.</summary>
    public HomePage Finish(SnapshotVersion version, long sequence) =>
        new HomePage(_inputs.User, version, sequence, _shelves).WithSequence(sequence);

    /// <summary>
    /// Takes the best by relevance less the likeness to what is already taken, so that a shelf is not ten of one kind,
    /// and no owner fills it alone.
    /// </summary>
    private List<Candidate> Diversify(List<Candidate> candidates, int perOwner)
    {
        var pool = DrawPool(candidates, perOwner);
        var nearest = new float[pool.Count];
        var owners = new Dictionary<UserId, int>();
        var chosen = new List<Candidate>(_request.Cards);
        var taken = new bool[pool.Count];
        while (chosen.Count < _request.Cards)
        {
            var best = -1;
            var bestScore = float.NegativeInfinity;
            for (var i = 0; i < pool.Count; i++)
            {
                if (!taken[i] && (Relevance * pool[i].Score) - ((1 - Relevance) * nearest[i]) is var score && score > bestScore)
                {
                    best = i;
                    bestScore = score;
                }
            }

            if (best < 0)
            {
                return chosen;
            }

            taken[best] = true;
            var owner = _inputs.Catalogue.Describe(pool[best].Playlist)!.Owner;
            if (owners.TryGetValue(owner, out var count) && count >= perOwner)
            {
                continue;
            }

            owners[owner] = count + 1;
            chosen.Add(pool[best]);
            var vector = _inputs.Model!.PlaylistVector(pool[best].Playlist.Value);
            for (var i = 0; i < pool.Count && vector.Length > 0; i++)
            {
                var other = taken[i] ? [] : _inputs.Model.PlaylistVector(pool[i].Playlist.Value);
                if (other.Length > 0)
                {
                    nearest[i] = Math.Max(nearest[i], TensorPrimitives.Dot(vector, other));
                }
            }
        }

        return chosen;
    }

    /// <summary>
    /// The best candidates, enough of them to choose from: four for each card, and of one owner four for each card that
    /// the owner may have, or the many playlists of the nearest buddy would leave nothing to fill the shelf with.
    /// </summary>
    private List<Candidate> DrawPool(List<Candidate> candidates, int perOwner)
    {
        var pool = new List<Candidate>(4 * _request.Cards);
        var owners = new Dictionary<UserId, int>();
        foreach (var candidate in candidates)
        {
            if (pool.Count == 4 * _request.Cards)
            {
                break;
            }

            var owner = _inputs.Catalogue.Describe(candidate.Playlist)!.Owner;
            var count = owners.GetValueOrDefault(owner);
            if (count < 4 * perOwner)
            {
                owners[owner] = count + 1;
                pool.Add(candidate);
            }
        }

        return pool;
    }
}
