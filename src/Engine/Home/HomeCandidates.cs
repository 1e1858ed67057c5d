using Buddies.Engine.Ranking;

namespace Buddies.Engine.Home;

/// <summary>The candidates of a page with their features: what a ranker is taught and judged on is what it will rank.</summary>
public static class HomeCandidates
{
    /// <summary>Everything that buddies, taste, session and popularity bring and the filters let through.</summary>
    /// <param name="inputs">What a page would be made of.</param>
    /// <returns>Each playlist once, with features and score, in the order in which it was found.</returns>
    public static IReadOnlyList<Candidate> Of(HomeInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var scratch = PageScratch.Rent();
        try
        {
            // So many cards that no source stops before its end.
            var page = new PageDraft(inputs, new HomeRequest(1, Math.Max(1, inputs.Popular.Count), []), scratch);
            var sources = new ShelfSources(inputs, page);
            sources.FromBuddies();
            sources.FromTasteAndSession();
            sources.FromPopularity();
            return [.. page.Considered];
        }
        finally
        {
            scratch.Return();
        }
    }
}
