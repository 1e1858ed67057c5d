using Buddies.Engine.Bandits;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Home;

/// <summary>
/// Makes a page in stages that can be told apart: candidates from each source, filters, features and scores, diversity,
/// shelves with reasons; with a policy, draws with known propensities. A pure function of its inputs.
/// </summary>
public static class HomeBuilder
{
    /// <summary>Makes a listener's page.</summary>
    /// <param name="inputs">All that it is made of.</param>
    /// <param name="request">Its shape.</param>
    /// <param name="sequence">The number it will carry.</param>
    /// <returns>The page; without history it shows the most followed, and says so by its source <c>popular</c>.</returns>
    public static HomePage Build(HomeInputs inputs, HomeRequest request, long sequence) => Compose(inputs, request, sequence).Page;

    /// <summary>Makes a listener's page and tells how it came about.</summary>
    /// <param name="inputs">All that it is made of.</param>
    /// <param name="request">Its shape.</param>
    /// <param name="sequence">The number it will carry.</param>
    /// <returns>The page and, with a policy, what is to be logged once it was shown.</returns>
    public static HomeResult Compose(HomeInputs inputs, HomeRequest request, long sequence)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(request);
        var scratch = PageScratch.Rent();
        try
        {
            return Compose(inputs, request, sequence, scratch);
        }
        finally
        {
            scratch.Return();
        }
    }

    private static HomeResult Compose(HomeInputs inputs, HomeRequest request, long sequence, PageScratch scratch)
    {
        var page = new PageDraft(inputs, request, scratch);
        var sources = new ShelfSources(inputs, page);
        if (inputs.Policy is not { } policy)
        {
            page.AddFixedShelf(sources.FromBuddies());
            page.AddFixedShelf(sources.FromTasteAndSession());
            page.AddFixedShelf(sources.FromPopularity());
            return new HomeResult(page.Finish(inputs.Model?.Version ?? default, sequence), null);
        }

        var draw = new PolicyDraw(inputs, policy, page);
        draw.AddShelves(sources.All(policy.HasNewShelf));
        var shown = new ShownPage(
            inputs.User,
            sequence,
            inputs.NowMs,
            policy.Name,
            policy.State.Version,
            inputs.Model?.Version ?? default(SnapshotVersion),
            draw.Segment,
            draw.Slice,
            draw.Impressions);
        return new HomeResult(page.Finish(shown.Snapshot, sequence), shown);
    }
}
