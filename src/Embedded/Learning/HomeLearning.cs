using Buddies.Engine.Bandits;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Storage;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded.Learning;

/// <summary>
/// What all partitions share of how Home explores and learns: the one learner and the state it has made, the logs, the
/// counts, the experiments, and what pages need to know of other listeners.
/// </summary>
/// <remarks>
/// Each partition joins rewards to its own listeners' pages; what is closed comes here, one call at a time. The state is
/// replaced, never changed, so pages read it without a lock.
/// </remarks>
internal sealed partial class HomeLearning : IDisposable
{
    private readonly Lock _learning = new();
    private readonly IStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EmbeddedMetrics _metrics;
    private readonly RankingWeights _weights;
    private PolicyLearner _learner;
    private volatile PolicyState _state;
    private long _fadedAtMs;
    private bool _isUnsaved;

    public HomeLearning(IStore store, EmbeddedOptions options, HomeOptions home, MusicCatalogue catalogue, TimeProvider time, EmbeddedMetrics metrics, ILogger logger)
    {
        (_store, _time, _logger, _metrics, Options, _weights) = (store, time, logger, metrics, home, options.Weights);
        _learner = new PolicyLearner(_weights);
        _state = _learner.MakeState();
        Fresh = new FreshPlaylists(catalogue, home);
        Settings = new ListenerSettings(store.Settings);
        Insights = new HomeInsights(catalogue, home);
        Log = new ImpressionFiles(Path.Combine(options.DataDirectory, "impressions"), home, time, metrics, logger);
        Experiments = [.. home.Experiments.Select(experiment => new ExperimentDesk(experiment, Path.Combine(options.DataDirectory, "experiments"), home))];
    }

    public HomeOptions Options { get; }

    public FreshPlaylists Fresh { get; }

    public RecentFollows Follows { get; } = new();

    public ListenerSettings Settings { get; }

    public HomeInsights Insights { get; }

    public ImpressionFiles Log { get; }

    public IReadOnlyList<ExperimentDesk> Experiments { get; }

    /// <summary>What was learned, as of the last <see cref="Learn"/>.</summary>
    public PolicyState State => _state;

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

    /// <summary>The policy that decides a listener's pages, with the experiments that the listener is in.</summary>
    public HomePolicy PolicyOf(UserId user)
    {
        var policy = new HomePolicy("product", _state);
        foreach (var desk in Experiments)
        {
            if (desk.Experiment.Definition.VariantOf(user) is { } variant)
            {
                policy = desk.Experiment.Treat(policy, variant);
            }
        }

        return policy;
    }

    /// <summary>A page was sent.</summary>
    public void OnShown(ShownPage page)
    {
        Log.OnShown(page);
        Insights.OnShown(page);
        foreach (var desk in Experiments)
        {
            desk.OnShown(page.User, page.AtMs);
        }

        _metrics.OnCardsShown(page.Cards.Count);
    }

    /// <summary>Learns from pages whose rewards are in, takes back what undone hides have taught, and makes a new state of it.</summary>
    /// <returns>Whether there is a new state.</returns>
    public bool Learn(IReadOnlyList<RewardedPage> pages, IReadOnlyList<HideUndone> undone)
    {
        foreach (var page in pages)
        {
            Log.OnRewarded(page);
            foreach (var desk in Experiments)
            {
                desk.OnRewarded(page);
            }
        }

        lock (_learning)
        {
            var now = NowMs;
            var days = (now - _fadedAtMs) / TimeSpan.FromDays(1).TotalMilliseconds;
            if (pages.Count == 0 && undone.Count == 0)
            {
                return false;
            }

            if (days >= 1.0 / 24)
            {
                _learner.Fade(Math.Pow(Options.FadePerDay, Math.Min(days, 365)));
                _fadedAtMs = now;
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

        _metrics.OnPagesLearned(pages.Count);
        return true;
    }

    public void Dispose()
    {
        Settings.Dispose();
        _turn.Dispose();
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
