using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Insights;
using Buddies.Engine.Tests.Bandits;

namespace Buddies.Engine.Tests.Insights;

public sealed class HomeInsightsTests
{
    private const long Day = 24 * 3_600_000;
    private static readonly HomeOptions s_options = new() { InsightDays = 14 };

    [Fact]
    public void Add_WhatSeveralProcessesHaveTaken_IsTheirSum_AndTakingLeavesNothing()
    {
        var (one, two) = (Make(), Make());
        Count(one, 3);
        Count(two, 4);
        var kept = Make();
        foreach (var (day, text) in one.TakeAll().Concat(two.CopyAll()))
        {
            kept.Add(day, text);
        }

        var report = kept.Report(0, 10, (7, 70));
        Assert.Equal((7, 7), (report.Cells.Sum(cell => cell.Value.Cards), report.Cells.Sum(cell => cell.Value.Plays)));
        Assert.Equal(7 * 60_000, report.Listening.Sum(hour => hour.RecommendedMs));
        Assert.Equal((7, 70), (report.PolicyVersion, report.PagesLearned));
        Assert.Equal(7, report.Playlists.Single().Tally.Plays);
        Assert.Equal(2, report.ColdStart.Single().Value.Started);
        Assert.Empty(one.TakeAll());
        Assert.NotEmpty(two.TakeAll());
    }

    [Fact]
    public void Count_AfterTaking_NewcomersGoOn_AndWhatIsTooOldCountsForNothing()
    {
        var insights = Make();
        Count(insights, 1);
        _ = insights.TakeAll();
        insights.OnOtherEvent(Listen(100 * Day), 100 * Day);
        insights.OnOtherEvent(Listen(80 * Day), 80 * Day);
        var (day, text) = Assert.Single(insights.TakeAll());
        Assert.Equal(100, day);
        var sum = Make();
        sum.Add(day, text);
        Assert.Equal(1, sum.Report(0, 10, default).ColdStart.Single().Value.PlayedThree); // The third play of the one who came before.
    }

    private static HomeInsights Make()
    {
        var insights = new HomeInsights(new MusicCatalogue(), s_options);
        insights.Begin(100 * Day);
        return insights;
    }

    private static void Count(HomeInsights insights, int pages)
    {
        for (var i = 0; i < pages; i++)
        {
            var page = RewardTests.Page(0, "p") with { AtMs = 100 * Day, Segment = 0 };
            insights.OnShown(page);
            insights.OnCardEvent(Listen(100 * Day) with { User = page.User }, 100 * Day, page, page.Cards[0]);
        }

        if (pages == 1)
        {
            insights.OnOtherEvent(Listen(100 * Day), 100 * Day);
        }
    }

    private static UserEvent Listen(long atMs) => new(
        new EventId("e"), RewardTests.Page(0, "p").User, EventKind.Listen, new TrackId("t"), new PlaylistId("p"), 60_000, 60_000, DateTimeOffset.FromUnixTimeMilliseconds(atMs));
}
