using Buddies.Engine.Bandits;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Home;
using Buddies.Engine.Ranking;
using Buddies.Storage;
using Buddies.Storage.Home;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded.Learning;

/// <summary>What all partitions share of how Home explores and learns: the one learner and the state it has made, beside the records of Home.</summary>
/// <remarks>
/// Each partition joins rewards to its own listeners' pages; what is closed comes here, one call at a time. The state is
/// replaced, never changed, so pages read it without a lock.
/// </remarks>
internal sealed partial class HomeLearning : HomeRecords, IDisposable
{
    private readonly Lock _learning = new();
    private readonly IStore _store;
    private readonly ILogger _logger;
    private readonly RankingWeights _weights;
    private readonly string _dataDirectory;
    private PolicyLearner _learner;
    private volatile PolicyState _state;
    private long _fadedAtMs;
    private bool _isUnsaved;

    public HomeLearning(IStore store, EmbeddedOptions options, HomeOptions home, MusicCatalogue catalogue, TimeProvider time, EmbeddedMetrics metrics, ILogger logger)
        : base(
            home, catalogue, Path.Combine(options.DataDirectory, "impressions"), Path.Combine(options.DataDirectory, "experiments"), time, metrics.Home,
            reason => LogWriteFailed(logger, reason))
    {
        (_store, _logger, _weights, _dataDirectory) = (store, logger, options.Weights, options.DataDirectory);
        _learner = new PolicyLearner(_weights);
        _state = _learner.MakeState();
        Settings = new ListenerSettings(store.Settings);
    }

    public ListenerSettings Settings { get; }

    /// <summary>What was learned, as of the last <see cref="Learn"/>.</summary>
    public override PolicyState State => _state;

    /// <summary>Pages learned from, restarts included.</summary>
    public long Pages
    {
        get
        {
            lock (_learning)
            {
                return _learner.Pages;
            }
        }
    }

    /// <summary>Learns from pages whose rewards are in, takes back what undone hides have taught, and makes a new state of it.</summary>
    /// <returns>Whether there is a new state.</returns>
    public bool Learn(IReadOnlyList<RewardedPage> pages, IReadOnlyList<HideUndone> undone)
    {
        if (pages.Count == 0 && undone.Count == 0)
        {
            return false;
        }

        OnRewarded(pages);
        lock (_learning)
        {
            if (FadeSince(_fadedAtMs) is < 1 and var left)
            {
                _learner.Fade(left);
                _fadedAtMs = NowMs;
            }

            foreach (var page in pages)
            {
                _learner.Learn(page);
            }

            // Behind the pages: a hide may have been learned in this very round.
            foreach (var hide in undone)
            {
                _learner.TakeBack(hide);
            }

            _state = _learner.MakeState();
            _isUnsaved = true;
        }

        return true;
    }

    public void Dispose()
    {
        Settings.Dispose();
        _turn.Dispose();
    }

    [LoggerMessage(EventId = 2160, Level = LogLevel.Error, Message = "Impressions could not be written: {Reason}")]
    private static partial void LogWriteFailed(ILogger logger, string reason);
}
