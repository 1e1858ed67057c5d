using Buddies.Engine.Ranking;

namespace Buddies.Engine.Home;

/// <summary>What one source has to show: a shelf before it is filled.</summary>
/// <param name="Id">The shelf's id and its cards' source.</param>
/// <param name="Title">What people read.</param>
/// <param name="Candidates">Those that passed the filters; in the order that the title promises, or in any.</param>
/// <param name="IsInOrder">Whether the title promises this very order: the most followed first, the latest first.</param>
/// <param name="PerOwner">Most cards of one owner.</param>
/// <param name="Reason">Says why a candidate is there.</param>
internal sealed record ShelfOffer(
    string Id, string Title, List<Candidate> Candidates, bool IsInOrder, int PerOwner, Func<Candidate, string> Reason);
