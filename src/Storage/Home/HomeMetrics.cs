using System.Diagnostics.Metrics;

namespace Buddies.Storage.Home;

/// <summary>What a runtime counts of Home, under the same names wherever it runs.</summary>
public sealed class HomeMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _cardsShown;
    private readonly Counter<long> _pagesLearned;
    private readonly Counter<long> _impressionsLost;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meter">The runtime's meter.</param>
    public HomeMetrics(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _meter = meter;
        _cardsShown = meter.CreateCounter<long>("buddies.home.cards.shown", "{card}", "Cards on pages that were sent, each page once.");
        _pagesLearned = meter.CreateCounter<long>("buddies.home.pages.learned", "{page}", "Pages whose rewards were learned from.");
        _impressionsLost = meter.CreateCounter<long>("buddies.home.impressions.lost", "{page}", "Pages that the impression logs could not take.");
        foreach (var counter in new[] { _cardsShown, _pagesLearned, _impressionsLost })
        {
            counter.Add(0); // A rate needs its zero.
        }
    }

    /// <summary>A page was sent.</summary>
    /// <param name="count">Its cards.</param>
    public void OnCardsShown(int count) => _cardsShown.Add(count);

    /// <summary>Pages were learned from.</summary>
    /// <param name="count">How many.</param>
    public void OnPagesLearned(int count) => _pagesLearned.Add(count);

    /// <summary>The log could not take pages.</summary>
    /// <param name="count">How many.</param>
    public void OnImpressionsLost(int count) => _impressionsLost.Add(count);

    /// <summary>Shows what was learned.</summary>
    /// <param name="read">The policy's version, and how many playlists are new; null where the page is the fixed one.</param>
    public void Observe(Func<(int PolicyVersion, int Fresh)?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        _meter.CreateObservableGauge("buddies.home.policy.version", IEnumerable<Measurement<int>> () => read() is { } learned ? [new(learned.PolicyVersion)] : [], "{version}", "The version of what Home has learned.");
        _meter.CreateObservableGauge("buddies.home.fresh", IEnumerable<Measurement<int>> () => read() is { } learned ? [new(learned.Fresh)] : [], "{playlist}", "New playlists that were not seen often enough yet.");
    }
}
