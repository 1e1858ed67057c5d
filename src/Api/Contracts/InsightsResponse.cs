using Buddies.Engine.Bandits;
using Buddies.Engine.Experiments;
using Buddies.Engine.Insights;

namespace Buddies.Api.Contracts;

/// <summary>What came of Home.</summary>
/// <param name="From">The beginning of the first hour.</param>
/// <param name="To">Now.</param>
/// <param name="BucketHours">Hours in one bucket of the engagement: 1 for up to two days, else 24.</param>
/// <param name="PolicyVersion">The version of what was learned.</param>
/// <param name="PagesLearned">Pages learned from, ever.</param>
/// <param name="Listening">By hour: time listened to playlists from cards shown before, and all other.</param>
/// <param name="Engagement">By bucket, shelf, group of listeners, slice and model version.</param>
/// <param name="Playlists">The playlists with the most cards, plays and keeps.</param>
/// <param name="ColdStart">How far newcomers got, by the day of their first page.</param>
public sealed record InsightsResponse(
    DateTimeOffset From, DateTimeOffset To, int BucketHours, int PolicyVersion, long PagesLearned, IReadOnlyList<ListeningResponse> Listening,
    IReadOnlyList<CardEngagementResponse> Engagement, IReadOnlyList<PlaylistInsightResponse> Playlists, IReadOnlyList<ColdStartResponse> ColdStart)
{
    private const int HoursOfDay = 24;
    private const int MostByHour = 2 * HoursOfDay;

    public static InsightsResponse Of(InsightReport report, DateTimeOffset from, DateTimeOffset to)
    {
        var bucket = (to - from).TotalHours <= MostByHour ? 1 : HoursOfDay;
        var sums = new Dictionary<InsightKey, InsightTally>();
        foreach (var (key, tally) in report.Cells)
        {
            var at = key with { Hour = key.Hour / bucket * bucket };
            (sums.TryGetValue(at, out var sum) ? sum : sums[at] = new InsightTally()).Add(tally);
        }

        return new InsightsResponse(
            from, to, bucket, report.PolicyVersion, report.PagesLearned,
            [.. report.Listening.Select(hour => new ListeningResponse(HourAt(hour.Hour), hour.RecommendedMs, hour.OtherMs))],
            [.. sums.OrderBy(pair => pair.Key.Hour).ThenBy(pair => pair.Key.Shelf, StringComparer.Ordinal).ThenBy(pair => pair.Key.Group).Select(pair => CardEngagementResponse.From(pair.Key, pair.Value))],
            [.. report.Playlists.Select(playlist => new PlaylistInsightResponse(playlist.Playlist, playlist.Title, TallyResponse.From(playlist.Tally)))],
            [.. report.ColdStart.Select(day => new ColdStartResponse(
                HourAt(day.Key * HoursOfDay), day.Value.Started, day.Value.Opened, day.Value.Played, day.Value.PlayedThree, day.Value.Personal, day.Value.Kept))]);
    }

    internal static DateTimeOffset HourAt(long hour) => DateTimeOffset.FromUnixTimeMilliseconds(hour * 3_600_000);
}

/// <summary>An hour of listening.</summary>
/// <param name="At">Its beginning.</param>
/// <param name="RecommendedMs">From cards that were shown before.</param>
/// <param name="OtherMs">All other.</param>
public sealed record ListeningResponse(DateTimeOffset At, long RecommendedMs, long OtherMs);

/// <summary>What came of cards.</summary>
/// <param name="Cards">Cards on pages that were sent.</param>
/// <param name="Seen">Cards that a client has said were visible.</param>
/// <param name="Clicks">Opened.</param>
/// <param name="Plays">Plays of 30 s or more.</param>
/// <param name="ListenMs">Time listened, milliseconds.</param>
/// <param name="Likes">Likes.</param>
/// <param name="Kept">Follows and saves.</param>
/// <param name="Hides">Hides.</param>
/// <param name="FastSkips">Tracks left within 30 s.</param>
public sealed record TallyResponse(long Cards, long Seen, long Clicks, long Plays, long ListenMs, long Likes, long Kept, long Hides, long FastSkips)
{
    public static TallyResponse From(InsightTally tally) => new(
        tally.Cards, tally.Seen, tally.Clicks, tally.Plays, tally.ListenMs, tally.Likes, tally.Kept, tally.Hides, tally.FastSkips);
}

/// <summary>What came of the cards of one bucket.</summary>
/// <param name="At">Its beginning.</param>
/// <param name="Shelf">The shelf's id; a card's source is the same word.</param>
/// <param name="Group">new, light, regular or heavy listeners.</param>
/// <param name="Uniform">Whether the pages were drawn uniformly.</param>
/// <param name="SnapshotVersion">The model version.</param>
/// <param name="Tally">The counts.</param>
public sealed record CardEngagementResponse(DateTimeOffset At, string Shelf, string Group, bool Uniform, int SnapshotVersion, TallyResponse Tally)
{
    public static CardEngagementResponse From(InsightKey key, InsightTally tally) => new(
        InsightsResponse.HourAt(key.Hour), key.Shelf, Segments.NameOf(2 * key.Group), key.Slice == PageSlice.Uniform, key.Version, TallyResponse.From(tally));
}

/// <summary>What came of a playlist's cards.</summary>
/// <param name="PlaylistId">Which.</param>
/// <param name="Title">Its title; empty for one that is not public any more.</param>
/// <param name="Tally">The counts.</param>
public sealed record PlaylistInsightResponse(string PlaylistId, string Title, TallyResponse Tally);

/// <summary>How far the newcomers of a day got.</summary>
/// <param name="Day">The day of their first page.</param>
/// <param name="Started">Were sent a first page without any history.</param>
/// <param name="Opened">Opened a card.</param>
/// <param name="Played">Played a track for 30 s.</param>
/// <param name="PlayedThree">Played three.</param>
/// <param name="Personal">Then were sent a page with a shelf of their own taste.</param>
/// <param name="Kept">Liked, saved or followed something.</param>
public sealed record ColdStartResponse(DateTimeOffset Day, long Started, long Opened, long Played, long PlayedThree, long Personal, long Kept);

/// <summary>The experiments that run.</summary>
/// <param name="Experiments">Each with where it stands.</param>
public sealed record ExperimentsResponse(IReadOnlyList<ExperimentResponse> Experiments);

/// <summary>Where an experiment stands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Traffic">Share of the listeners who take part.</param>
/// <param name="Variants">The variants, the control first, and how many were exposed to each.</param>
/// <param name="RatioPValue">How surprising these shares are.</param>
/// <param name="RatioMismatch">Whether no other number may be trusted.</param>
/// <param name="Metrics">Each metric of each variant against the control.</param>
public sealed record ExperimentResponse(
    string Name, double Traffic, IReadOnlyList<VariantResponse> Variants, double RatioPValue, bool RatioMismatch, IReadOnlyList<MetricResponse> Metrics)
{
    public static ExperimentResponse From(Experiment experiment, ExperimentReport report) => new(
        experiment.Name,
        experiment.Traffic,
        [.. experiment.Variants.Select((variant, i) => new VariantResponse(variant.Name, experiment.ExpectedShares[i], report.Exposed[i]))],
        report.RatioPValue,
        report.IsRatioMismatch,
        [.. report.Metrics.Select(MetricResponse.From)]);
}

/// <summary>A variant.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Share">The share that should be exposed to it.</param>
/// <param name="Exposed">Listeners who were.</param>
public sealed record VariantResponse(string Name, double Share, long Exposed);

/// <summary>A metric of a variant against the control's.</summary>
/// <param name="Metric">Which.</param>
/// <param name="Variant">Whose.</param>
/// <param name="ControlCount">Listeners observed in the control.</param>
/// <param name="ControlMean">Their mean.</param>
/// <param name="Count">Listeners observed in the variant.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Low">Lower end of the difference's interval, valid at every look; null where it is infinitely low.</param>
/// <param name="High">Upper end; null where it is infinitely high.</param>
/// <param name="PValue">Valid at every look.</param>
/// <param name="Significant">Whether it is at or below α.</param>
/// <param name="Breached">Whether a guard rail is surely broken: stop.</param>
public sealed record MetricResponse(
    string Metric, string Variant, long ControlCount, double ControlMean, long Count, double Mean, double? Low, double? High, double PValue, bool Significant, bool Breached)
{
    public static MetricResponse From(MetricReport report) => new(
        report.Metric, report.Variant, report.Control.Count, Finite(report.Control.Mean) ?? 0, report.Treatment.Count, Finite(report.Treatment.Mean) ?? 0,
        Finite(report.Look.Low), Finite(report.Look.High), report.Look.PValue, report.IsSignificant, report.IsBreached);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
