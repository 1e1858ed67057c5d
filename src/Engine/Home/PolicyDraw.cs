using System.Runtime.InteropServices;
using Buddies.Engine.Bandits;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Home;

/// <summary>
/// Lets a policy decide the shelves' order and the cards' places, drawing each from probabilities that are known, and notes
/// them down.
/// </summary>
internal sealed class PolicyDraw
{
    /// <summary>How far the dial between the familiar and discoveries moves a shelf's expected reward at its ends.</summary>
    private const double ShelfTilt = 0.15;

    /// <summary>By how much a shelf that the dial brings to the front is ahead of the others.</summary>
    private const double ShelfLead = 0.15;

    /// <summary>How far it moves a card's score at its ends, for a playlist all unheard against one all known.</summary>
    private const float CardTilt = 0.5f;

    /// <summary>Points of the ranker's score that one of reward is worth, so that diversity weighs what it weighs without a policy.</summary>
    private const double ScoreOfReward = 10;

    private readonly HomeInputs _inputs;
    private readonly HomePolicy _policy;
    private readonly PageDraft _page;
    private readonly float _dial;
    private readonly List<Impression> _impressions = [];
    private readonly ulong _seed;
    private readonly double _exploration;
    private readonly double _optimism;
    private readonly LinearArm _cards;

    public PolicyDraw(HomeInputs inputs, HomePolicy policy, PageDraft page)
    {
        _inputs = inputs;
        _policy = policy;
        _page = page;
        _dial = (float)Math.Clamp(page.Request.Discovery ?? inputs.Discovery, 0, 1) - 0.5f;
        _cards = policy.State.CardsUnder(page.Learned);
        _seed = StableHash.Of(inputs.User.Value, inputs.Seed);
        Slice = policy.SliceOf(inputs.User);
        var session = System.Numerics.Tensors.TensorPrimitives.Norm<float>(inputs.Session);
        _exploration = policy.Exploration * Math.Max(0, 1 - session);
        _optimism = Slice == PageSlice.Uniform ? 0 : policy.Optimism * _exploration;
        Segment = Segments.Of(inputs.Facts, session);
    }

    public int Segment { get; }

    public PageSlice Slice { get; }

    public IReadOnlyList<Impression> Impressions => _impressions;

    /// <summary>Draws shelf after shelf until the page is full or nothing is left.</summary>
    public void AddShelves(List<ShelfOffer> offers)
    {
        // By id, so that the draws do not depend on the order in which sources were asked.
        offers.Sort((left, right) => string.CompareOrdinal(left.Id, right.Id));
        Span<double> probabilities = stackalloc double[ProbabilityOfBest.MaxArms];
        Span<ulong> names = stackalloc ulong[ProbabilityOfBest.MaxArms];
        while (!_page.IsFull)
        {
            offers.RemoveAll(offer => offer.Candidates.TrueForAll(candidate => _page.IsUsed(candidate.Playlist)));
            if (offers.Count == 0)
            {
                return;
            }

            WeighShelves(offers, probabilities[..offers.Count]);
            for (var i = 0; i < offers.Count; i++)
            {
                names[i] = StableHash.Of(offers[i].Id);
            }

            var drawn = Draws.Race(Draws.Mix(_seed + (ulong)_page.ShelfCount), probabilities[..offers.Count], names);
            Fill(offers[drawn], probabilities[drawn]);
            offers.RemoveAt(drawn);
        }
    }

    private void WeighShelves(List<ShelfOffer> offers, Span<double> probabilities)
    {
        Span<double> means = stackalloc double[ProbabilityOfBest.MaxArms];
        Span<double> deviations = stackalloc double[ProbabilityOfBest.MaxArms];
        var best = double.NegativeInfinity;
        for (var i = 0; i < offers.Count; i++)
        {
            var arm = _policy.State.ShelfOf(Segment, offers[i].Id);
            (means[i], deviations[i]) = (arm.Mean, arm.Deviation * _exploration);
            best = Math.Max(best, arm.Mean);
        }

        for (var i = 0; i < offers.Count; i++)
        {
            // At its end the dial brings its shelf to the front, however much others are expected to do better.
            var turn = 2 * _dial * offers[i].Id switch { Shelves.New => 1, Shelves.Again => -1, _ => 0 };
            means[i] += turn * (turn > 0 ? Math.Max(ShelfTilt, best - means[i] + ShelfLead) : ShelfTilt);
        }

        Weigh(means[..offers.Count], deviations[..offers.Count], probabilities);
    }

    private void Fill(ShelfOffer offer, double shelfPropensity)
    {
        var shelf = _page.ShelfCount;
        offer.Candidates.RemoveAll(candidate => _page.IsUsed(candidate.Playlist));
        if (offer.IsInOrder)
        {
            _page.AddShelf(offer, offer.Candidates);
            for (var i = 0; i < Math.Min(_page.Request.Cards, offer.Candidates.Count); i++)
            {
                Note(offer.Id, shelf, shelfPropensity, i, CollectionsMarshal.AsSpan(offer.Candidates).Slice(i, 1), 0, 1);
            }

            return;
        }

        var window = offer.Id == Shelves.New ? _policy.NewWindow : _policy.Window;
        var queue = Rank(offer, window);
        var chosen = _page.Scratch.Candidates();
        var shelfSeed = StableHash.Of(offer.Id, _seed);
        Span<double> probabilities = stackalloc double[ProbabilityOfBest.MaxArms];
        Span<ulong> names = stackalloc ulong[ProbabilityOfBest.MaxArms];
        while (chosen.Count < _page.Request.Cards && queue.Count > 0)
        {
            var among = CollectionsMarshal.AsSpan(queue)[..Math.Min(window, queue.Count)];
            WeighCards(among, offer.Id, probabilities[..among.Length]);
            for (var i = 0; i < among.Length; i++)
            {
                names[i] = HashOf(among[i].Playlist);
            }

            var drawn = Draws.Race(Draws.Mix(shelfSeed + (ulong)chosen.Count), probabilities[..among.Length], names);
            Note(offer.Id, shelf, shelfPropensity, chosen.Count, among, drawn, probabilities[drawn]);
            chosen.Add(among[drawn]);
            queue.RemoveAt(drawn);
        }

        _page.AddShelf(offer, chosen);
    }

    /// <summary>The candidates in the order of what is expected of them, diverse; some more than there are places.</summary>
    private List<Candidate> Rank(ShelfOffer offer, int window)
    {
        Span<double> x = stackalloc double[CardFeatures.Count];
        var (model, cards) = (_inputs.ShelfModels.Under(_inputs.Model, offer.Id), CardsOf(offer.Id));
        for (var i = 0; i < offer.Candidates.Count; i++)
        {
            var candidate = offer.Candidates[i];
            CardFeatures.Fill(candidate.Features, SeenOf(candidate), _page.Listener.IsYours(candidate.Playlist), x);
            var playlist = _policy.State.PlaylistOf(_inputs.Catalogue.IdOf(candidate.Playlist));
            var promise = PromiseOf(candidate, model, cards, x);
            var expected = promise + (PlaylistBeliefs.Counted(promise) * (playlist.Mean + (_optimism * playlist.Deviation)));
            offer.Candidates[i] = candidate with
            {
                Score = (float)(ScoreOfReward * expected) + (2 * _dial * CardTilt * (candidate.Features.UnheardShare - candidate.Features.Overlap)),
            };
        }

        _page.SortBest(offer.Candidates);
        var wanted = _page.Request.Cards + window - 1;
        return _inputs.Model is null ? offer.Candidates : ShelfDiversity.Choose(_inputs, _page.Scratch, offer.Candidates, offer.PerOwner, _page.Request.Cards, wanted);
    }

    /// <summary>The reward that a candidate's features, already widened to x, promise.</summary>
    private static double PromiseOf(Candidate candidate, ShelfModel model, LinearArm cards, ReadOnlySpan<double> x) =>
        model == ShelfModel.Blend ? cards.MeanAt(x) : CardFeatures.PromiseOf(ShelfModels.Score(model, candidate.Features), x);

    /// <summary>What is believed of a card on a shelf; from the model's own weights on where they may speak (<see cref="Shelves.TakesLearnedWeights"/>).</summary>
    private LinearArm CardsOf(string shelf) => Shelves.TakesLearnedWeights(shelf) ? _cards : _policy.State.Cards;

    /// <summary>
    /// Thompson sampling among candidates of one place. Their features lie close together, and what is not known of weights moves
    /// all of them alike: only by what a candidate differs from the others' mean can it be better than they are.
    /// </summary>
    private void WeighCards(ReadOnlySpan<Candidate> among, string shelf, Span<double> probabilities)
    {
        var (model, cards) = (_inputs.ShelfModels.Under(_inputs.Model, shelf), CardsOf(shelf));
        Span<double> means = stackalloc double[ProbabilityOfBest.MaxArms];
        Span<double> deviations = stackalloc double[ProbabilityOfBest.MaxArms];
        Span<double> x = stackalloc double[CardFeatures.Count];
        Span<double> middle = stackalloc double[CardFeatures.Count];
        middle.Clear();
        foreach (var candidate in among)
        {
            var features = FeaturesOf(candidate);
            for (var i = 0; i < x.Length; i++)
            {
                middle[i] += features[i] / among.Length;
            }
        }

        for (var i = 0; i < among.Length; i++)
        {
            CardFeatures.Widen(FeaturesOf(among[i]), x);
            var counted = PlaylistBeliefs.Counted(PromiseOf(among[i], model, cards, x));
            System.Numerics.Tensors.TensorPrimitives.Subtract(x, middle, x);
            var card = cards.At(x);
            var unknown = counted * _policy.State.PlaylistOf(_inputs.Catalogue.IdOf(among[i].Playlist)).Deviation;

            // The dial and optimism are in the score; what is drawn is around what is expected.
            means[i] = (among[i].Score / ScoreOfReward) - (_optimism * unknown);
            deviations[i] = _exploration * Math.Sqrt((card.Deviation * card.Deviation) + (unknown * unknown));
        }

        Weigh(means[..among.Length], deviations[..among.Length], probabilities);
    }

    private void Weigh(ReadOnlySpan<double> means, ReadOnlySpan<double> deviations, Span<double> probabilities)
    {
        if (Slice == PageSlice.Uniform)
        {
            probabilities.Fill(1.0 / probabilities.Length);
        }
        else
        {
            ProbabilityOfBest.Compute(means, deviations, probabilities);
            ProbabilityOfBest.MixUniform(probabilities, _policy.Epsilon);
        }
    }

    private void Note(string shelf, int shelfPosition, double shelfPropensity, int position, ReadOnlySpan<Candidate> among, int drawn, double propensity)
    {
        var set = 0UL;
        var choices = new float[among.Length][];
        for (var i = 0; i < among.Length; i++)
        {
            set = StableHash.Of(_inputs.Catalogue.IdOf(among[i].Playlist).Value, set);
            choices[i] = FeaturesOf(among[i]);
        }

        var playlist = _inputs.Catalogue.IdOf(among[drawn].Playlist);
        _impressions.Add(new Impression(shelf, shelfPosition, shelfPropensity, position, propensity, set, playlist, drawn, choices));
    }

    private float[] FeaturesOf(Candidate candidate)
    {
        if (!_page.Scratch.Features.TryGetValue(candidate.Playlist.Value, out var features))
        {
            _page.Scratch.Features[candidate.Playlist.Value] = features = CardFeatures.Of(candidate.Features, SeenOf(candidate), _page.Listener.IsYours(candidate.Playlist));
        }

        return features;
    }

    private ulong HashOf(Identifiers.PlaylistIndex playlist)
    {
        if (!_page.Scratch.Hashes.TryGetValue(playlist.Value, out var hash))
        {
            _page.Scratch.Hashes[playlist.Value] = hash = StableHash.Of(_inputs.Catalogue.IdOf(playlist).Value);
        }

        return hash;
    }

    private double SeenOf(Candidate candidate) => _inputs.Seen?.CountOf(candidate.Playlist, _inputs.NowMs) ?? 0;
}
