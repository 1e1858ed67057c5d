namespace Buddies.Engine.Bandits;

/// <summary>Reproducible draws: the same seed gives the same numbers on every machine and in every version.</summary>
/// <remarks>SplitMix64 (Steele, Lea, Flood 2014). Not for secrets.</remarks>
public struct Draws
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state;

    /// <summary>Starts a sequence.</summary>
    /// <param name="seed">Any number; neighbouring seeds give unrelated sequences.</param>
    public Draws(ulong seed) => _state = Mix(seed + Step);

    /// <summary>The next number, all 64 bits alike.</summary>
    /// <returns>0 to 2⁶⁴ − 1.</returns>
    public ulong NextBits() => Mix(_state += Step);

    /// <summary>The next number of a uniform distribution.</summary>
    /// <returns>0 (included) to 1 (excluded), in steps of 2⁻⁵³.</returns>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Draws a place from a distribution.</summary>
    /// <param name="probabilities">0 or more each, summing to one up to rounding; not empty.</param>
    /// <returns>A place whose probability is above 0.</returns>
    public int NextPlace(ReadOnlySpan<double> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfZero(probabilities.Length);
        var left = NextDouble();
        var last = 0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] > 0)
            {
                last = i;
                if (left < probabilities[i])
                {
                    return i;
                }

                left -= probabilities[i];
            }
        }

        // Rounding has left a crumb behind the last one.
        return last;
    }

    /// <summary>Draws a place from a distribution by a race: each has an exponential time of its own, the first one wins.</summary>
    /// <param name="seed">The draw.</param>
    /// <param name="probabilities">0 or more each, some of them above 0; their sum does not matter.</param>
    /// <param name="names">A hash for each; at least as many.</param>
    /// <returns>Place i with the probability of probabilities[i] over their sum.</returns>
    /// <remarks>
    /// The times are by name, not by place: where probabilities change a little, or others come and go, the winner mostly
    /// stays, so that a page that is made anew does not jump. (The minimum of exponentials of rates p is i with p_i/Σp.)
    /// </remarks>
    public static int Race(ulong seed, ReadOnlySpan<double> probabilities, ReadOnlySpan<ulong> names)
    {
        ArgumentOutOfRangeException.ThrowIfZero(probabilities.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(names.Length, probabilities.Length);
        var (winner, first) = (-1, double.PositiveInfinity);
        for (var i = 0; i < probabilities.Length; i++)
        {
            // 1 − u lies in (0, 1]: its logarithm is finite.
            var time = -Math.Log(1 - new Draws(seed ^ names[i]).NextDouble()) / probabilities[i];
            if (probabilities[i] > 0 && (winner < 0 || time < first))
            {
                (winner, first) = (i, time);
            }
        }

        return winner >= 0 ? winner : throw new ArgumentException("Expected some probability above 0.", nameof(probabilities));
    }

    /// <summary>Spreads the bits of a number.</summary>
    /// <param name="value">Any number.</param>
    /// <returns>A number that looks unrelated; different inputs give different outputs.</returns>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
