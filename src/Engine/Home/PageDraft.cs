using System.Numerics.Tensors;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Home;

/// <summary>A page while it is being filled: filters, features, and the rule that no playlist stands on it twice.</summary>
internal sealed class PageDraft
{
    /// <summary>A listener less similar than this is no buddy worth quoting.</summary>
    private const float LeastSimilarity = 0.1f;

    /// <summary>Stands for a candidate that a filter has ruled out.</summary>
    private const int RuledOut = -1;

    private readonly HomeInputs _inputs;
    private readonly HomeRequest _request;
    private readonly List<Shelf> _shelves = [];
    private readonly HashSet<PlaylistId> _excluded;
    private readonly float _popularityScale;
    private readonly PlaylistRanking? _ranking;
    private readonly bool _hasLinks;

    public PageDraft(HomeInputs inputs, HomeRequest request, PageScratch scratch)
    {
        _inputs = inputs;
        Scratch = scratch;
        _request = request;
        _excluded = [.. request.Exclude];
        Listener = new ListenerView(inputs.Facts, inputs.Catalogue, inputs.NowMs, scratch);
        _ranking = inputs.Model?.Ranking;
        Learned = inputs.Weights == RankingWeights.Default ? _ranking?.Weights : null;

        // Forty thousand tracks are looked up for it, so only where somebody asks: a weight, or a shelf.
        _hasLinks = _ranking is { LinkScale: > 0 } && !inputs.Model!.Links.IsNone
            && ((Learned ?? inputs.Weights).Linked != 0 || inputs.ShelfModels.Uses(ShelfModel.Links));
        if (_hasLinks)
        {
            scratch.Links.Fill(inputs.Model!, inputs.Facts);
        }

        if (_ranking is not null)
        {
            foreach (var fresh in inputs.Fresh)
            {
                scratch.Fresh.Add(fresh.Value);
            }
        }

        HasTaste = inputs.Model is not null && inputs.Taste.AsSpan().ContainsAnyExcept(0f);
        foreach (var buddy in inputs.Buddies)
        {
            if (HasTaste && buddy.Similarity >= LeastSimilarity && !inputs.Blocked.Contains(buddy.User))
            {
                Near.TryAdd(buddy.User, buddy);
            }
        }

        foreach (var popular in inputs.Popular)
        {
            scratch.Followers[popular.Playlist.Value] = popular.Followers;
        }

        _popularityScale = inputs.Popular.Count > 0 && inputs.Popular[0].Followers > 0
            ? 1 / MathF.Log(1 + inputs.Popular[0].Followers)
            : 0;
    }

    /// <summary>What is of use while the page is made.</summary>
    public PageScratch Scratch { get; }

    public ListenerView Listener { get; }

    public HomeRequest Request => _request;

    /// <summary>Weights that the model brings and nobody has set others against; null for none.</summary>
    public RankingWeights? Learned { get; }

    public bool HasTaste { get; }

    /// <summary>The buddies that are near enough to be quoted.</summary>
    public Dictionary<UserId, NearListener> Near => Scratch.Near;

    public bool IsFull => _shelves.Count >= _request.Shelves;

    public int ShelfCount => _shelves.Count;

    /// <summary>Every candidate that any source has brought and the filters let through, once.</summary>
    public List<Candidate> Considered => Scratch.Allowed;

    /// <summary>Whether a candidate, by its place among <see cref="Considered"/>, holds one of <see cref="ListenerView.Latest"/>.</summary>
    public bool HoldsLatest(int considered, int latest) => (Scratch.HoldsLatest[considered] >> latest & 1) != 0;

    /// <summary>More than so many candidates of a shelf in order are never looked at: the other shelves and what is the listener's already cannot be them all.</summary>
    public int MostInOrder => ((_request.Shelves + 1) * _request.Cards) + Listener.YoursCount;

    /// <summary>Adds a playlist to the candidates unless a filter rules it out.</summary>
    public void Consider(PlaylistIndex playlist, List<Candidate> candidates)
    {
        if (!Scratch.Considered.TryGetValue(playlist.Value, out var at))
        {
            at = RuledOut;
            if (Weigh(playlist, out var latest) is { } candidate)
            {
                at = Scratch.Allowed.Count;
                Scratch.Allowed.Add(candidate);
                Scratch.HoldsLatest.Add(latest);
            }

            Scratch.Considered.Add(playlist.Value, at);
        }

        if (at != RuledOut)
        {
            candidates.Add(Scratch.Allowed[at]);
        }
    }

    public bool IsUsed(PlaylistIndex playlist) => Scratch.Used.Contains(playlist.Value);

    public int FollowersOf(PlaylistIndex playlist) => Scratch.Followers.GetValueOrDefault(playlist.Value);

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
            var model = _inputs.ShelfModels.Under(_inputs.Model, offer.Id);
            for (var i = 0; i < offer.Candidates.Count && model != ShelfModel.Blend; i++)
            {
                offer.Candidates[i] = offer.Candidates[i] with { Score = ShelfModels.Score(model, offer.Candidates[i].Features) };
            }

            SortBest(offer.Candidates);
            AddShelf(offer, ShelfDiversity.Choose(_inputs, Scratch, offer.Candidates, offer.PerOwner, _request.Cards, _request.Cards));
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
            Scratch.Used.Add(candidate.Playlist.Value);
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

    private Candidate? Weigh(PlaylistIndex playlist, out byte latest)
    {
        latest = 0;
        if (_inputs.Catalogue.Describe(playlist) is not { IsPublic: true } contents
            || contents.Owner == _inputs.User
            || contents.Ascending.Length == 0
            || Listener.IsHidden(playlist)
            || _excluded.Contains(contents.Id)
            || _inputs.Blocked.Contains(contents.Owner)
            || IsSeenTooOften(playlist)
            || Listener.Count(contents) is not { } counts)
        {
            return null;
        }

        (var known, var unheard, var disliked, latest) = counts;
        var vector = _inputs.Model is { } model ? model.PlaylistVector(playlist.Value) : [];
        var followers = Scratch.Followers.TryGetValue(playlist.Value, out var seen) ? seen : contents.Followers;
        var total = (float)contents.Ascending.Length;
        var features = new PlaylistFeatures(
            Match(_inputs.Taste, vector),
            Match(_inputs.Session, vector),
            Near.TryGetValue(contents.Owner, out var buddy) ? buddy.Similarity : 0,
            known / (known + 5f),
            unheard / total,
            disliked / total,
            Math.Min(1, MathF.Log(1 + followers) * _popularityScale),
            contents.ArtistCount / total,
            _inputs.Model is { HasPlaylistRanker: true } ranker ? PlaylistRanking.BoundChosen(ranker.ChosenScore(_inputs.Taste, playlist.Value)) : 0,
            _hasLinks && unheard > 0 ? _ranking!.BoundLinked(MeanLinks(contents, unheard)) : 0,
            Scratch.Fresh.Contains(playlist.Value) ? 1 : 0);
        return new Candidate(playlist, features, (Learned ?? _inputs.Weights).Score(features), known);
    }

    /// <summary>The mean of what links say of the tracks not heard; nothing is said of a track that the model does not know.</summary>
    private float MeanLinks(PlaylistContents contents, int unheard)
    {
        var sums = Scratch.Links.Sums;
        var model = _inputs.Model!;
        var sum = 0f;
        foreach (var track in contents.Ascending)
        {
            if (Listener.IsUnheard(track) && model.RowOf(track) is var row and >= 0)
            {
                sum += sums[row];
            }
        }

        return Scratch.Links.Scale * sum / unheard;
    }

    private bool IsSeenTooOften(PlaylistIndex playlist) =>
        _inputs is { Policy: { } policy, Seen: { } seen } && seen.CountOf(playlist, _inputs.NowMs) >= policy.SeenCap;

    private static float Match(ReadOnlySpan<float> unitDirection, ReadOnlySpan<float> unitPlaylist) =>
        unitPlaylist.Length == 0 ? 0 : TensorPrimitives.Dot(unitDirection, unitPlaylist);
}
