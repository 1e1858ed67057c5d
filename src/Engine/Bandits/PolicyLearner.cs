using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;

namespace Buddies.Engine.Bandits;

/// <summary>Sums up rewards of pages and makes beliefs of them. One writer; the states it makes are free of it.</summary>
/// <remarks>
/// Beliefs borrow downwards: a shelf in a segment starts from the shelf over all segments, a shelf nobody has seen from the
/// shelves' common start; a playlist starts from what its features promise (<see cref="PlaylistBeliefs"/>).
/// </remarks>
public sealed partial class PolicyLearner
{
    /// <summary>Standard deviation of the reward of a shelf on one page.</summary>
    private const double ShelfSpread = 0.35;

    /// <summary>Standard deviation of the reward of one seen card, as long as little was seen.</summary>
    private const double CardSpread = 0.25;

    /// <summary>How many cards that is worth, against the spread that was seen.</summary>
    private const double SpreadStrength = 500;

    /// <summary>How many pages a shelf's start is worth, over all segments; and how many its overall mean is worth within one.</summary>
    private const double ShelfStrength = 20;

    private const double CardStrength = 30;

    private readonly double[] _prior;
    private readonly double[] _outer = new double[CardFeatures.Count * CardFeatures.Count];
    private readonly double[] _products = new double[CardFeatures.Count];
    private readonly Dictionary<(int Segment, string Shelf), ArmTally> _shelves = [];
    private readonly PlaylistBeliefs _playlists = new();
    private ArmTally _squares;
    private LinearArm _cards;
    private int _version;

    /// <summary>Starts with the ranker's weights and nothing learned.</summary>
    /// <param name="weights">The ranker's weights.</param>
    public PolicyLearner(RankingWeights weights)
        : this(CardFeatures.PriorOf(weights)) => _cards = SolveCards();

    private PolicyLearner(double[] prior) => (_prior, _cards) = (prior, null!);

    /// <summary>Pages learned from.</summary>
    public long Pages { get; private set; }

    /// <summary>Learns from a page whose rewards are in.</summary>
    /// <param name="page">The page with its rewards; cards that were not seen teach nothing.</param>
    public void Learn(RewardedPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        Pages++;
        var cards = page.Page.Cards;
        var promises = new Dictionary<int, double>();
        Span<double> x = stackalloc double[CardFeatures.Count];
        for (var from = 0; from < cards.Count;)
        {
            var (to, isSeen, reward) = (from, false, 0.0);
            promises.Clear();
            for (; to < cards.Count && cards[to].ShelfPosition == cards[from].ShelfPosition; to++)
            {
                isSeen |= page.Seen[to];
                reward += page.Rewards[to];
                if (page.Seen[to] && cards[to].Choices.Count > 0)
                {
                    CardFeatures.Widen(cards[to].Choices[cards[to].Chosen], x);
                    promises[to] = LearnCard(x, cards[to].Playlist, page.Rewards[to]);
                }
            }

            foreach (var hidden in page.Hidden)
            {
                if (promises.TryGetValue(hidden.Card, out var promised))
                {
                    NoteHide(page, hidden, reward, promised);
                }
            }

            if (isSeen)
            {
                var key = (page.Page.Segment, cards[from].Shelf);
                _shelves[key] = _shelves.GetValueOrDefault(key).With(Math.Clamp(reward, -1, 1));
            }

            from = to;
        }
    }

    /// <summary>An empty one that sums up beside this one, for a later <see cref="Add"/>: what it sees it compares with this one's beliefs.</summary>
    public PolicyLearner Branch() => new(_prior) { _cards = _cards };

    /// <summary>Adds what another one has summed up. Sums of rewards add up in any order; none may be added twice.</summary>
    /// <param name="other">The other, which stays as it is.</param>
    public void Add(PolicyLearner other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Pages += other.Pages;
        _squares = _squares.With(other._squares);
        foreach (var (key, tally) in other._shelves)
        {
            _shelves[key] = _shelves.GetValueOrDefault(key).With(tally);
        }

        _playlists.Add(other._playlists);
        foreach (var hide in other._hides)
        {
            Note(hide);
        }

        for (var i = 0; i < _outer.Length; i++)
        {
            _outer[i] += other._outer[i];
        }

        for (var i = 0; i < _products.Length; i++)
        {
            _products[i] += other._products[i];
        }
    }

    /// <summary>Forgets single playlists; what their cards taught of features and shelves stays.</summary>
    /// <param name="playlists">Which.</param>
    /// <returns>Whether there was anything to forget.</returns>
    public bool Forget(IEnumerable<PlaylistId> playlists)
    {
        ArgumentNullException.ThrowIfNull(playlists);
        var isAny = false;
        foreach (var playlist in playlists)
        {
            isAny |= _playlists.Remove(playlist);
            isAny |= ForgetHides(hide => hide.Playlist == playlist.Value);
        }

        return isAny;
    }

    /// <summary>Lets what was learned so far weigh less, so that what listeners do now counts more.</summary>
    /// <param name="factor">0 forgets everything, 1 nothing.</param>
    public void Fade(double factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(factor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(factor, 1);
        foreach (var key in _shelves.Keys.ToArray())
        {
            _shelves[key] = _shelves[key].Fade(factor);
        }

        _playlists.Fade(factor);
        FadeHides(factor);
        _squares = _squares.Fade(factor);
        for (var i = 0; i < _outer.Length; i++)
        {
            _outer[i] *= factor;
        }

        for (var i = 0; i < _products.Length; i++)
        {
            _products[i] *= factor;
        }
    }

    /// <summary>Makes what was learned so far into beliefs.</summary>
    /// <returns>A state with the next version number.</returns>
    public PolicyState MakeState()
    {
        _version++;
        return CurrentState();
    }

    /// <summary>The beliefs under the number that was given last: learners that were read from one text make equal states.</summary>
    /// <returns>A state; version 0 where none was made.</returns>
    public PolicyState CurrentState()
    {
        _cards = SolveCards();
        var overall = new Dictionary<string, ArmTally>(StringComparer.Ordinal);
        foreach (var ((_, shelf), tally) in _shelves)
        {
            overall[shelf] = overall.GetValueOrDefault(shelf).With(tally);
        }

        var shelves = new Dictionary<(int, string), NormalArm>();
        foreach (var (shelf, tally) in overall)
        {
            var mean = NormalArm.After(Shelves.StartOf(shelf), ShelfStrength, tally, ShelfSpread).Mean;
            for (var segment = 0; segment < Segments.Count; segment++)
            {
                shelves[(segment, shelf)] = NormalArm.After(mean, ShelfStrength, _shelves.GetValueOrDefault((segment, shelf)), ShelfSpread);
            }
        }

        var (playlists, newPlaylist) = _playlists.MakeBeliefs();
        return new PolicyState(
            _version,
            _cards,
            _prior,
            CardStrength,
            shelves,
            shelf => NormalArm.After(Shelves.StartOf(shelf), ShelfStrength, default, ShelfSpread),
            playlists,
            newPlaylist);
    }

    private LinearArm SolveCards() => LinearArm.Solve(_prior, CardStrength, _outer, _products, ComputeCardSpread());

    /// <summary>How far single rewards lie from what was expected of them, as seen.</summary>
    private double ComputeCardSpread() =>
        Math.Sqrt(((SpreadStrength * CardSpread * CardSpread) + _squares.Sum) / (SpreadStrength + _squares.Count));

    /// <summary>Learns from a card that was seen; returns what its features promised.</summary>
    private double LearnCard(ReadOnlySpan<double> x, PlaylistId playlist, double reward)
    {
        var promised = _cards.MeanAt(x);
        var surplus = reward - promised;
        _playlists.Learn(playlist, promised, reward);
        _squares = _squares.With(surplus * surplus);
        for (var i = 0; i < x.Length; i++)
        {
            _products[i] += x[i] * reward;
            for (var j = 0; j < x.Length; j++)
            {
                _outer[(i * x.Length) + j] += x[i] * x[j];
            }
        }

        return promised;
    }
}
