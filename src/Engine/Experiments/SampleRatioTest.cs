namespace Buddies.Engine.Experiments;

/// <summary>
/// Whether listeners fall into the variants as they should: if not, something drops some of them and no other number can be
/// trusted. May be looked at after every listener (Lindon, Malek 2020: a Dirichlet mixture of multinomials).
/// </summary>
public sealed class SampleRatioTest
{
    /// <summary>How sure the mixture is of the expected shares, in listeners.</summary>
    private const double Concentration = 1000;

    private readonly double[] _shares;

    /// <summary>Begins a test.</summary>
    /// <param name="shares">The expected shares, above 0, summing to one.</param>
    public SampleRatioTest(IReadOnlyList<double> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        if (shares.Count < 2 || shares.Any(share => !(share > 0)) || Math.Abs(shares.Sum() - 1) > 1e-9)
        {
            throw new ArgumentException("Expected two shares or more, above 0, that sum to one.", nameof(shares));
        }

        _shares = [.. shares];
    }

    /// <summary>The smallest p-value so far.</summary>
    public double PValue { get; private set; } = 1;

    /// <summary>Looks.</summary>
    /// <param name="counts">Listeners in each variant so far.</param>
    /// <returns>The smallest p-value so far, always valid.</returns>
    public double Look(ReadOnlySpan<long> counts)
    {
        if (counts.Length != _shares.Length)
        {
            throw new ArgumentException($"Expected {_shares.Length} counts, got {counts.Length}.");
        }

        var total = 0L;
        var logRatio = 0.0;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            logRatio += LogGamma((Concentration * _shares[i]) + counts[i]) - LogGamma(Concentration * _shares[i]) - (counts[i] * Math.Log(_shares[i]));
        }

        logRatio += LogGamma(Concentration) - LogGamma(Concentration + total);
        PValue = Math.Min(PValue, Math.Exp(-Math.Max(0, logRatio)));
        return PValue;
    }

    /// <summary>ln Γ(x) for x > 0, by Stirling's series from 10 on and the recurrence below; off by 1e-10 at most.</summary>
    internal static double LogGamma(double x)
    {
        var shift = 0.0;
        while (x < 10)
        {
            shift -= Math.Log(x);
            x++;
        }

        var square = 1 / (x * x);
        var series = ((((-square / 1680) + (1.0 / 1260)) * square - (1.0 / 360)) * square) + (1.0 / 12);
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(Math.Tau)) + (series / x);
    }
}
