namespace Buddies.Engine.Bandits;

/// <summary>Rewards seen of one arm.</summary>
/// <param name="Count">How many; fractional once it fades.</param>
/// <param name="Sum">Their sum.</param>
public readonly record struct ArmTally(double Count, double Sum)
{
    /// <summary>One more reward.</summary>
    /// <param name="reward">Its value.</param>
    /// <returns>The tally with it.</returns>
    public ArmTally With(double reward) => new(Count + 1, Sum + reward);

    /// <summary>This evidence and another's.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Both together.</returns>
    public ArmTally With(ArmTally other) => new(Count + other.Count, Sum + other.Sum);

    /// <summary>The same evidence with less weight, so that what is new counts more.</summary>
    /// <param name="factor">0 to 1.</param>
    /// <returns>The faded tally.</returns>
    public ArmTally Fade(double factor) => new(Count * factor, Sum * factor);
}

/// <summary>What is believed of an arm's mean reward: a normal distribution.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">Its standard deviation, 0 or more.</param>
public readonly record struct NormalArm(double Mean, double Deviation)
{
    /// <summary>The belief after some rewards, by conjugate normal updating with a known spread of single rewards.</summary>
    /// <param name="prior">The belief before.</param>
    /// <param name="strength">How many rewards the prior is worth, above 0.</param>
    /// <param name="tally">What was seen.</param>
    /// <param name="spread">Standard deviation of one reward, above 0.</param>
    /// <returns>Mean (strength·prior + sum)/(strength + count), deviation spread/√(strength + count).</returns>
    public static NormalArm After(double prior, double strength, ArmTally tally, double spread) => new(
        ((strength * prior) + tally.Sum) / (strength + tally.Count), spread / Math.Sqrt(strength + tally.Count));
}
