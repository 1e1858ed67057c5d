using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Bandits;

/// <summary>Rewards seen of one playlist beside what its cards' features promised.</summary>
/// <param name="Promised">Sum of what was promised, each at least <see cref="PlaylistBeliefs.LeastPromise"/>; fractional once it fades.</param>
/// <param name="Surplus">Sum of rewards less <paramref name="Promised"/>.</param>
public readonly record struct PlaylistTally(double Promised, double Surplus);

/// <summary>
/// How many times more, or less, a playlist gets than its features promise: a factor m for each, whoever sees it. One writer.
/// </summary>
/// <remarks>
/// Title and cover draw people by a factor, not by a term: they make more of a card that fits than of one that does not. With promises b and
/// rewards r of mean m·b and variance φ·m·b (quasi-Poisson), a gamma prior of mean 1 and variance V gives
/// E[m] = (κ + Σr)/(κ + Σb) for κ = φ/V. V and φ are estimated from all playlists (empirical Bayes), so that where playlists hardly differ
/// there is little to find out, and beliefs get narrow by themselves.
/// </remarks>
public sealed class PlaylistBeliefs
{
    /// <summary>No card is taken to promise less: of one that promises nothing, a factor would say nothing.</summary>
    public const double LeastPromise = 0.005;

    /// <summary>Variance of the factor among playlists as long as little was seen.</summary>
    private const double StartVariance = 0.64;

    private const double LeastVariance = 0.0025;

    /// <summary>However far a few lie apart: of the rest nobody is to think that anything is possible.</summary>
    private const double MostVariance = 2;

    /// <summary>What that is worth: so many playlists of which one reward in full was promised.</summary>
    private const double VarianceStrength = 50;

    /// <summary>φ, the variance of a reward over its mean, as long as little was seen: most cards give nothing, a few some 0.6.</summary>
    private const double StartDispersion = 0.6;

    private const double DispersionStrength = 50;

    /// <summary>A playlist of which less was promised is forgotten: a single card, once a hide of it could not be taken back any more.</summary>
    private const double Forgotten = LeastPromise / 100;

    private readonly Dictionary<PlaylistId, PlaylistTally> _tallies = [];
    private PlaylistTally _squares;

    /// <summary>What is promised of all cards, and the sum of the squares of what they gave beside it.</summary>
    internal PlaylistTally Squares { get => _squares; set => _squares = value; }

    internal IReadOnlyDictionary<PlaylistId, PlaylistTally> Tallies => _tallies;

    /// <summary>What a promise counts as where a factor is applied to it.</summary>
    /// <param name="promised">The reward that a card's features promise.</param>
    /// <returns>That, or <see cref="LeastPromise"/> where it is more.</returns>
    public static double Counted(double promised) => Math.Max(promised, LeastPromise);

    /// <summary>Takes in a card that was seen.</summary>
    /// <param name="playlist">Its playlist.</param>
    /// <param name="promised">The reward that its features promised.</param>
    /// <param name="reward">What it gave.</param>
    public void Learn(PlaylistId playlist, double promised, double reward)
    {
        var least = Counted(promised);
        var surplus = reward - least;
        var tally = _tallies.GetValueOrDefault(playlist);
        _tallies[playlist] = new PlaylistTally(tally.Promised + least, tally.Surplus + surplus);
        _squares = new PlaylistTally(_squares.Promised + least, _squares.Surplus + (surplus * surplus));
    }

    /// <summary>Makes of a reward that was learned another one.</summary>
    /// <param name="playlist">Its playlist.</param>
    /// <param name="promised">What was promised then.</param>
    /// <param name="reward">What was learned.</param>
    /// <param name="change">What it should have been, less that.</param>
    /// <param name="weight">What fading has left of it, 0 to 1.</param>
    public void Correct(PlaylistId playlist, double promised, double reward, double change, double weight)
    {
        var surplus = reward - Counted(promised);
        var squares = ((surplus + change) * (surplus + change)) - (surplus * surplus);
        _squares = _squares with { Surplus = Math.Max(0, _squares.Surplus + (weight * squares)) };
        if (_tallies.TryGetValue(playlist, out var tally))
        {
            _tallies[playlist] = tally with { Surplus = tally.Surplus + (weight * change) };
        }
    }

    /// <summary>Adds what others have summed up beside it.</summary>
    internal void Add(PlaylistBeliefs other)
    {
        foreach (var (playlist, tally) in other._tallies)
        {
            var own = _tallies.GetValueOrDefault(playlist);
            _tallies[playlist] = new PlaylistTally(own.Promised + tally.Promised, own.Surplus + tally.Surplus);
        }

        _squares = new PlaylistTally(_squares.Promised + other._squares.Promised, _squares.Surplus + other._squares.Surplus);
    }

    /// <summary>Forgets a playlist; returns whether there was anything to forget.</summary>
    internal bool Remove(PlaylistId playlist) => _tallies.Remove(playlist);

    /// <summary>Takes up what was written of a playlist; one of which nothing was promised is left out.</summary>
    internal void Take(PlaylistId playlist, PlaylistTally tally)
    {
        if (tally.Promised > 0)
        {
            _tallies[playlist] = tally;
        }
    }

    /// <summary>Lets what was seen so far weigh less.</summary>
    /// <param name="factor">0 to 1.</param>
    public void Fade(double factor)
    {
        foreach (var (playlist, tally) in _tallies.ToArray())
        {
            if (tally.Promised * factor < Forgotten)
            {
                _tallies.Remove(playlist);
            }
            else
            {
                _tallies[playlist] = new PlaylistTally(tally.Promised * factor, tally.Surplus * factor);
            }
        }

        _squares = new PlaylistTally(_squares.Promised * factor, _squares.Surplus * factor);
    }

    /// <summary>Makes beliefs of what was seen.</summary>
    /// <returns>For each playlist that was seen, and for one that was not, m − 1 and the deviation of m.</returns>
    public (IReadOnlyDictionary<PlaylistId, NormalArm> Playlists, NormalArm New) MakeBeliefs()
    {
        var dispersion = ((StartDispersion * DispersionStrength) + _squares.Surplus) / (DispersionStrength + _squares.Promised);
        var strength = dispersion / ComputeVariance(dispersion);
        var beliefs = new Dictionary<PlaylistId, NormalArm>(_tallies.Count);
        foreach (var (playlist, tally) in _tallies)
        {
            beliefs[playlist] = BeliefAfter(tally, strength, dispersion);
        }

        return (beliefs, BeliefAfter(default, strength, dispersion));
    }

    private static NormalArm BeliefAfter(PlaylistTally tally, double strength, double dispersion)
    {
        // Hides can take more than was promised; nothing is worth less than nothing.
        var surplus = Math.Max(tally.Surplus / (strength + tally.Promised), -1);

        // A deviation of 0 would make what one unlucky card has lost final.
        return new NormalArm(surplus, Math.Sqrt(dispersion * Math.Max(1 + surplus, 0.1) / (strength + tally.Promised)));
    }

    /// <summary>V by the method of moments: of a playlist with promises B and surplus S, E[S²] = φ·B + V·B².</summary>
    private double ComputeVariance(double dispersion)
    {
        var (squares, surplus) = (0.0, 0.0);
        foreach (var tally in _tallies.Values)
        {
            squares += tally.Promised * tally.Promised;

            // Hides take more than was promised, as often as somebody hides: that one playlist is worth nothing tells no more of the others.
            var own = Math.Max(tally.Surplus, -tally.Promised);
            surplus += (own * own) - (dispersion * tally.Promised);
        }

        return Math.Clamp(((StartVariance * VarianceStrength) + surplus) / (VarianceStrength + squares), LeastVariance, MostVariance);
    }
}
