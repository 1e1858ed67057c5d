namespace Buddies.Engine.Ranking;

/// <summary>
/// How links and factors make one score, in training, evaluation and serving alike:
/// score(track) = a·⟨u, y⟩ + m^−β · Σ over facts x·L, with u the taste vector at unit length, y the track's factors, x what each fact
/// counts, L the links of the fact's track, and m = Σ x.
/// </summary>
/// <param name="Entries">Links in all, 0 or more.</param>
/// <param name="FactorWeight">a, 0 or more: how loud the factors are beside the links.</param>
/// <param name="FactPower">g, 0 to 1: a fact of confidence w counts (w/w₀)^g, w₀ the transform's confidence of mean evidence; 0 counts all alike.</param>
/// <param name="LengthExponent">β, 0 to 2: how far the links of a listener with many facts are brought down.</param>
public sealed record LinkParameters(long Entries, double FactorWeight, double FactPower, double LengthExponent)
{
    /// <summary>x: what one fact counts.</summary>
    /// <param name="relativeConfidence">w/w₀, 0 or more.</param>
    /// <param name="preference">p, −1 to 1.</param>
    /// <returns>p·(w/w₀)^g for a fact that speaks for its track; 0 for any other: links say what goes with a track, not what goes against it.</returns>
    public float CountOf(double relativeConfidence, double preference)
    {
        if (!(relativeConfidence > 0) || !(preference > 0))
        {
            return 0;
        }

        return (float)(FactPower == 0 ? preference : preference * Math.Pow(relativeConfidence, FactPower));
    }

    /// <summary>m^−β: what the sum over links is multiplied by.</summary>
    /// <param name="mass">m; nothing is linked where it is not above 0.</param>
    /// <returns>Above 0; 0 without facts that count.</returns>
    public float ScaleOf(double mass) => mass > 0 ? (float)Math.Pow(mass, -LengthExponent) : 0;

    /// <summary>Finds a parameter that cannot be.</summary>
    /// <returns>Null when all can; else one sentence.</returns>
    internal string? FindError() =>
        Entries is < 0 or > int.MaxValue ? $"expected 0 to {int.MaxValue} links, found {Entries}"
        : !(FactorWeight >= 0 && double.IsFinite(FactorWeight)) ? $"expected a factor weight of 0 or more, found {FactorWeight}"
        : !(FactPower is >= 0 and <= 1) ? $"expected a fact power from 0 to 1, found {FactPower}"
        : !(LengthExponent is >= 0 and <= 2) ? $"expected a length exponent from 0 to 2, found {LengthExponent}"
        : null;
}
