using Buddies.Engine.Bandits;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Insights;

namespace Buddies.Storage.Home;

/// <summary>
/// What a runtime keeps of Home beside its listeners and what it has learned: the logs, the counts, the experiments, and what
/// pages need to know of other listeners. Safe for concurrent use.
/// </summary>
public abstract class HomeRecords
{
    /// <summary>Settings in which every runtime keeps what was learned and counted, so that one goes on where another has stopped.</summary>
    protected const string PolicySetting = "home.policy";

    /// <summary>When what was learned has faded last, Unix milliseconds.</summary>
    protected const string FadedSetting = "home.policy.faded";

    /// <summary>New playlists.</summary>
    protected const string FreshSetting = "home.fresh";

    /// <summary>Listeners whose erasure is under way.</summary>
    protected const string ErasingSetting = "home.erasing";

    /// <summary>What the names of the days of insights begin with.</summary>
    protected const string DaySetting = "home.insights.";

    private readonly HomeMetrics _metrics;
    private readonly MusicCatalogue _catalogue;

    /// <param name="options">How Home learns.</param>
    /// <param name="catalogue">The runtime's catalogue.</param>
    /// <param name="impressions">Where impressions are logged; nobody else writes there.</param>
    /// <param name="experiments">Where exposures are logged; nobody else writes there.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="onFailure">Is told, in words, why impressions could not be written.</param>
    protected HomeRecords(
        HomeOptions options, MusicCatalogue catalogue, string impressions, string experiments, TimeProvider time, HomeMetrics metrics, Action<string> onFailure)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Options, Time, _metrics, _catalogue) = (options, time, metrics, catalogue);
        Fresh = new FreshPlaylists(catalogue, options);
        Insights = new HomeInsights(catalogue, options);
        Log = new ImpressionFiles(impressions, options, time, metrics, onFailure);
        Experiments = [.. options.Experiments.Select(experiment => new ExperimentDesk(experiment, experiments, options))];
    }

    /// <summary>How Home learns.</summary>
    public HomeOptions Options { get; }

    /// <summary>New playlists.</summary>
    public FreshPlaylists Fresh { get; }

    /// <summary>Who follows what, for pages of others.</summary>
    public RecentFollows Follows { get; } = new();

    /// <summary>What was counted here.</summary>
    public HomeInsights Insights { get; }

    /// <summary>The impression logs.</summary>
    public ImpressionFiles Log { get; }

    /// <summary>The experiments that run.</summary>
    public IReadOnlyList<ExperimentDesk> Experiments { get; }

    /// <summary>What was learned; replaced, never changed.</summary>
    public abstract PolicyState State { get; }

    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; }

    /// <summary>The present, Unix milliseconds.</summary>
    protected long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The setting that holds what was counted of a day, counted since 1970.</summary>
    protected static string NameOf(long day) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{DaySetting}{day}");

    /// <summary>The policy that decides a listener's pages, with the experiments that the listener is in.</summary>
    public HomePolicy PolicyOf(UserId user)
    {
        var policy = new HomePolicy("product", State);
        foreach (var desk in Experiments)
        {
            if (desk.Experiment.Definition.VariantOf(user) is { } variant)
            {
                policy = desk.Experiment.Treat(policy, variant);
            }
        }

        return policy;
    }

    /// <summary>Every experiment and a listener's variant; null for one who takes no part.</summary>
    public IReadOnlyList<(string Name, string? Variant)> ExperimentsOf(UserId user) =>
        [.. Experiments.Select(desk => (desk.Name, desk.Experiment.Definition.VariantOf(user) is { } variant ? desk.Experiment.Definition.Variants[variant].Name : null))];

    /// <summary>A page as it is to be noted: a playlist of it may be gone since it was made, with its maker.</summary>
    public ShownPage WithoutErased(ShownPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        return page.Without(id => !_catalogue.TryFind(id, out var playlist) || _catalogue.Describe(playlist) is null);
    }

    /// <summary>Forgets the names of playlists whose maker was erased.</summary>
    public void Forget(IReadOnlySet<PlaylistId> playlists)
    {
        Fresh.Forget(playlists);
        Insights.Forget(playlists);
    }

    /// <summary>A page was sent.</summary>
    public void OnShown(ShownPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        Log.OnShown(page);
        Insights.OnShown(page);
        foreach (var desk in Experiments)
        {
            desk.OnShown(page.User, page.AtMs);
        }

        _metrics.OnCardsShown(page.Cards.Count);
    }

    /// <summary>When an event happened: a client's clock may be off by as much as is let in, and what comes now has happened now.</summary>
    /// <param name="event">The event.</param>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    public static long TimeOf(in UserEvent @event, long nowMs)
    {
        var at = @event.OccurredAt.ToUnixTimeMilliseconds();
        return Math.Abs(nowMs - at) <= EventRules.ClockSkew.TotalMilliseconds ? nowMs : at;
    }

    /// <summary>Lets rewards and counts hear of an event that was applied.</summary>
    /// <param name="event">The event.</param>
    /// <param name="playlist">The playlist that it names; null for none, or an unknown one.</param>
    /// <param name="tracks">Different tracks of that playlist.</param>
    /// <param name="atMs">From <see cref="TimeOf"/>.</param>
    /// <param name="join">Where the listener's pages wait; the caller's alone while this runs.</param>
    public void OnEvent(in UserEvent @event, PlaylistIndex? playlist, int tracks, long atMs, RewardJoin join)
    {
        ArgumentNullException.ThrowIfNull(join);
        if (playlist is not { } known)
        {
            if (@event.Kind == EventKind.Unhide)
            {
                // The player knows no playlist; the hide may have.
                join.OnEvent(@event, 0);
            }

            Insights.OnOtherEvent(@event, atMs);
            return;
        }

        if (@event.Kind == EventKind.Impression)
        {
            Fresh.OnSeen(known);
        }

        if (join.OnEvent(@event with { OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(atMs) }, tracks, out var page, out var card))
        {
            Insights.OnCardEvent(@event, atMs, page, card);
        }
        else
        {
            Insights.OnOtherEvent(@event, atMs);
        }
    }

    /// <summary>The rewards of pages are in.</summary>
    protected void OnRewarded(IReadOnlyList<RewardedPage> pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        foreach (var page in pages)
        {
            Log.OnRewarded(page);
            foreach (var desk in Experiments)
            {
                desk.OnRewarded(page);
            }
        }

        if (pages.Count > 0)
        {
            _metrics.OnPagesLearned(pages.Count);
        }
    }

    /// <summary>How much is left of what was learned.</summary>
    /// <param name="fadedAtMs">When it has faded last, Unix milliseconds.</param>
    /// <returns>1 as long as less than an hour has passed.</returns>
    protected double FadeSince(long fadedAtMs)
    {
        var days = (NowMs - fadedAtMs) / TimeSpan.FromDays(1).TotalMilliseconds;
        return days >= 1.0 / 24 ? Math.Pow(Options.FadePerDay, Math.Min(days, 365)) : 1;
    }
}
