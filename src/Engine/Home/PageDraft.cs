using System.Numerics.Tensors;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Home;

/// <summary>A page while it is being filled: filters, features, and the rule that no playlist stands on it twice.</summary>
internal sealed class PageDraft
{
    /// <summary>A listener less similar than this is no buddy worth quoting.</summary>
    private const float LeastSimilarity = 0.1f;

    /// <summary>About as many candidates as the sources bring.</summary>
    private const int MostConsidered = 1024;

    /// <summary>Stands for a candidate that a filter has ruled out.</summary>
    private const int RuledOut = -1;

    private readonly HomeInputs _inputs;
    private readonly HomeRequest _request;
    private readonly List<Shelf> _shelves = [];
    private readonly HashSet<int> _used = [];
    private readonly Dictionary<int, int> _considered = new(MostConsidered);
    private readonly List<Candidate> _allowed = new(MostConsidered);
    private readonly HashSet<PlaylistId> _excluded;
    private readonly float _popularityScale;
    private readonly Dictionary<int, int> _followers;

    public PageDraft(HomeInputs inputs, HomeRequest request)
    {
        _inputs = inputs;
        _request = request;
        _excluded = [.. request.Exclude];
        Listener = new ListenerView(inputs.Facts, inputs.Catalogue);
        HasTaste = inputs.Model is not null && inputs.Taste.AsSpan().ContainsAnyExcept(0f);
        Near = new Dictionary<UserId, NearListener>(inputs.Buddies.Count);
        foreach (var buddy in inputs.Buddies)
        {
            if (HasTaste && buddy.Similarity >= LeastSimilarity && !inputs.Blocked.Contains(buddy.User))
            {
                Near.TryAdd(buddy.User, buddy);
            }
        }

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

    public HomeRequest Request => _request;

    public bool HasTaste { get; }

    /// <summary>The buddies that are near enough to be quoted.</summary>
    public Dictionary<UserId, NearListener> Near { get; }

    public bool IsFull => _shelves.Count >= _request.Shelves;

    public int ShelfCount => _shelves.Count;

    /// <summary>Every candidate that any source has brought and the filters let through, once.</summary>
    public IReadOnlyList<Candidate> Considered => _allowed;

    /// <summary>More than so many candidates of a shelf in order are never looked at: the other shelves and what is the listener's already cannot be them all.</summary>
    public int MostInOrder => ((_request.Shelves + 1) * _request.Cards) + Listener.YoursCount;

    /// <summary>Adds a playlist to the candidates unless a filter rules it out.</summary>
    public void Consider(PlaylistIndex playlist, List<Candidate> candidates)
    {
        if (!_considered.TryGetValue(playlist.Value, out var at))
        {
            at = RuledOut;
            if (Weigh(playlist) is { } candidate)
            {
                at = _allowed.Count;
                _allowed.Add(candidate);
            }

            _considered.Add(playlist.Value, at);
        }

        if (at != RuledOut)
        {
            candidates.Add(_allowed[at]);
        }
    }

    public bool IsUsed(PlaylistIndex playlist) => _used.Contains(playlist.Value);

    public int FollowersOf(PlaylistIndex playlist) => _followers.GetValueOrDefault(playlist.Value);

    /// <summary>Fills a shelf by the ranker alone; a shelf with nothing to show is left out.</summary>
    public void AddFixedShelf(ShelfOffer? offer)
    {
        if (offer is null || IsFull)
        {
            return;
        }

        offer.Candidates.RemoveAll(candidate => IsUsed(candidate.Playlist));
        if (!offer.IsInOrder)
        {
            SortBest(offer.Candidates);
            AddShelf(offer, ShelfDiversity.Choose(_inputs, offer.Candidates, offer.PerOwner, _request.Cards, _request.Cards));
        }
        else
        {
            AddShelf(offer, offer.Candidates);
        }
    }

    /// <summary>Puts cards onto a new shelf, as many as there is room for; a shelf without cards is left out.</summary>
    public void AddShelf(ShelfOffer offer, IEnumerable<Candidate> chosen)
    {
        var cards = new List<Card>(_request.Cards);
        foreach (var candidate in chosen)
        {
            if (cards.Count == _request.Cards)
            {
                break;
            }

            var contents = _inputs.Catalogue.Describe(candidate.Playlist)!;
            _used.Add(candidate.Playlist.Value);
            cards.Add(new Card(contents.Id, contents.Title, contents.Owner, candidate.Score, offer.Id, offer.Reason(candidate), string.Empty));
        }

        if (cards.Count > 0)
        {
            _shelves.Add(new Shelf(offer.Id, offer.Title, cards));
        }
    }

    /// <summary>Best first. Ties go by id, so that a page does not depend on the order in which candidates were found.</summary>
    public void SortBest(List<Candidate> candidates) => candidates.Sort((left, right) => right.Score.CompareTo(left.Score) is not 0 and var order
        ? order
        : string.CompareOrdinal(_inputs.Catalogue.IdOf(left.Playlist).Value, _inputs.Catalogue.IdOf(right.Playlist).Value));

    /// <summary>Closes the page.</summary>
    public HomePage Finish(SnapshotVersion version, long sequence) =>
        new HomePage(_inputs.User, version, sequence, _shelves).WithSequence(sequence);

    private Candidate? Weigh(PlaylistIndex playlist)
    {
        if (_inputs.Catalogue.Describe(playlist) is not { IsPublic: true } contents
            || contents.Owner == _inputs.User
            || contents.Ascending.Length == 0
            || Listener.IsHidden(playlist)
            || _excluded.Contains(contents.Id)
            || _inputs.Blocked.Contains(contents.Owner)
            || IsSeenTooOften(playlist)
            || Listener.HasHidden(contents))
        {
            return null;
        }

        var (known, unheard, disliked) = Listener.Count(contents);
        var vector = _inputs.Model is { } model ? model.PlaylistVector(playlist.Value) : [];
        var followers = _followers.TryGetValue(playlist.Value, out var seen) ? seen : contents.Followers;
        var total = (float)contents.Ascending.Length;
        var features = new PlaylistFeatures(
            Match(_inputs.Taste, vector),
            Match(_inputs.Session, vector),
            Near.TryGetValue(contents.Owner, out var buddy) ? buddy.Similarity : 0,
            known / (known + 5f),
            unheard / total,
            disliked / total,
            Math.Min(1, MathF.Log(1 + followers) * _popularityScale),
            contents.ArtistCount / total);
        return new Candidate(playlist, features, _inputs.Weights.Score(features), known);
    }

    private bool IsSeenTooOften(PlaylistIndex playlist) =>
        _inputs is { Policy: { } policy, Seen: { } seen } && seen.CountOf(playlist, _inputs.NowMs) >= policy.SeenCap;

    private static float Match(ReadOnlySpan<float> unitDirection, ReadOnlySpan<float> unitPlaylist) =>
        unitPlaylist.Length == 0 ? 0 : TensorPrimitives.Dot(unitDirection, unitPlaylist);
}
