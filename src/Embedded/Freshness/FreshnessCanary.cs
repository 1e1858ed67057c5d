using Buddies.Embedded.Versions;
using Buddies.Engine.Home;

namespace Buddies.Embedded.Freshness;

/// <summary>
/// The listener who measures how fresh everybody's answers are. It has a place in the cells and nothing else: no state in
/// the directory, no event in the log, no checkpoint; so it is in no count, no training and no export, and being invisible
/// it is nobody's buddy. Owned by one partition.
/// </summary>
/// <param name="position">A place that no listener has.</param>
internal sealed class FreshnessCanary(int position)
{
    public int Position => position;

    /// <summary>Where its pages are pushed to.</summary>
    public LiveSubscription Subscription { get; } = new(HomeRequest.Default);

    /// <summary>Goes up with every probe: the number of its page, and what it listens to.</summary>
    public int Number { get; set; }

    /// <summary>Shared: the version whose cells it has a place in; null before the first.</summary>
    public volatile ServedVersion? Version;
}

/// <summary>When a probe got where, by the time provider's timestamps.</summary>
/// <param name="Vector">The vector had moved.</param>
/// <param name="Buddies">The buddy set was true again.</param>
/// <param name="Stale">What was not as it has to be; null when everything was.</param>
internal readonly record struct FreshnessSteps(long Vector, long Buddies, string? Stale);
