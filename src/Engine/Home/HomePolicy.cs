using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Home;

/// <summary>How pages are decided: what was learned, and how much is left to chance.</summary>
/// <param name="Name">The name that impressions carry.</param>
/// <param name="State">What was learned.</param>
public sealed record HomePolicy(string Name, PolicyState State)
{
    /// <summary>Salt of the uniform slice, so that it is not the bucket of some experiment.</summary>
    private const ulong SliceSalt = 0x51CE;

    /// <summary>Most cards among which one place is drawn, at the shelves' own candidates: 1 takes the best. Default 5.</summary>
    public int Window { get; init; } = 5;

    /// <summary>The same on the shelf of exploration. Default 12.</summary>
    public int NewWindow { get; init; } = 12;

    /// <summary>
    /// What beliefs' deviations are multiplied by before one is drawn, where the listener has not played anything yet: 0 always takes
    /// the best, 1 is Thompson sampling. A session tells by itself what is wanted now, so the longer it is the less is tried: by a full one
    /// the best is taken, but for <see cref="Epsilon"/>. Default 0.3.
    /// </summary>
    public double Exploration { get; init; } = 0.3;

    /// <summary>
    /// By how many deviations of what is not known of a single playlist it is ranked higher before places are drawn, so that what
    /// may be good gets among those that are drawn from: 0 ranks by what is expected. Multiplied by <see cref="Exploration"/> as it is in that session. Default 1.
    /// </summary>
    public double Optimism { get; init; } = 1;

    /// <summary>Share of the draws, 0 to 1, that is uniform over the window or the shelves: no propensity is below it over their number. Default 0.02.</summary>
    public double Epsilon { get; init; } = 0.02;

    /// <summary>Share of the listeners, 0 to 1, for whom every draw is uniform, as ground truth. Default 0.01.</summary>
    public double UniformShare { get; init; } = 0.01;

    /// <summary>Whether there is a shelf of exploration. Default true.</summary>
    public bool HasNewShelf { get; init; } = true;

    /// <summary>A card that was seen so often of late, without a click, is not shown. Default 6.</summary>
    public double SeenCap { get; init; } = 6;

    /// <summary>Whether a listener belongs to the uniform slice; the same in every process.</summary>
    /// <param name="user">Who.</param>
    /// <returns>How the listener's pages are decided.</returns>
    public PageSlice SliceOf(UserId user) =>
        StableHash.ShareOf(user.Value, SliceSalt) < UniformShare ? PageSlice.Uniform : PageSlice.Policy;
}

/// <summary>A page, and how it came about.</summary>
/// <param name="Page">What the listener sees.</param>
/// <param name="Shown">What is to be logged once it was shown; null without a policy.</param>
public sealed record HomeResult(HomePage Page, ShownPage? Shown)
{
    /// <summary>Numbers the page, and what is logged of it.</summary>
    /// <param name="sequence">The page's number.</param>
    /// <returns>The same under that number.</returns>
    public HomeResult WithSequence(long sequence) =>
        new(Page.WithSequence(sequence), Shown is null ? null : Shown with { Sequence = sequence });
}
