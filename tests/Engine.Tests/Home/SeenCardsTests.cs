using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;

namespace Buddies.Engine.Tests.Home;

public sealed class SeenCardsTests
{
    private static readonly long s_weekMs = (long)SeenCards.HalfLife.TotalMilliseconds;
    private static readonly PlaylistIndex s_card = new(3);

    [Fact]
    public void CountOf_AfterAHalfLife_IsHalf()
    {
        var seen = new SeenCards();
        seen.Apply(EventKind.Impression, s_card, 0);
        seen.Apply(EventKind.Impression, s_card, 0);
        Assert.Equal(2, seen.CountOf(s_card, 0));
        Assert.Equal(1, seen.CountOf(s_card, s_weekMs), 1e-9);
        seen.Apply(EventKind.Impression, s_card, s_weekMs);
        Assert.Equal(2, seen.CountOf(s_card, s_weekMs), 1e-9);
        Assert.Equal(0, seen.CountOf(new PlaylistIndex(4), 0));
    }

    [Fact]
    public void CountOf_AnyOrderOfArrival_IsTheSame()
    {
        var (one, other) = (new SeenCards(), new SeenCards());
        long[] times = [0, s_weekMs / 2, s_weekMs, 2 * s_weekMs];
        foreach (var at in times)
        {
            one.Apply(EventKind.Impression, s_card, at);
        }

        foreach (var at in times.Reverse())
        {
            other.Apply(EventKind.Impression, s_card, at);
        }

        Assert.Equal(one.CountOf(s_card, 3 * s_weekMs), other.CountOf(s_card, 3 * s_weekMs), 1e-9);
    }

    [Fact]
    public void Apply_Click_ForgetsTheSights()
    {
        var seen = new SeenCards();
        seen.Apply(EventKind.Impression, s_card, 0);
        seen.Apply(EventKind.Click, s_card, 1);
        Assert.Equal(0, seen.CountOf(s_card, 1));
    }

    [Fact]
    public void Apply_MoreThanItHolds_DropsTheOldest()
    {
        var seen = new SeenCards();
        for (var i = 0; i <= SeenCards.MaxPlaylists; i++)
        {
            seen.Apply(EventKind.Impression, new PlaylistIndex(i), i);
        }

        Assert.Equal(SeenCards.MaxPlaylists, seen.Count);
        Assert.Equal(0, seen.CountOf(new PlaylistIndex(0), 1_000));
        Assert.True(seen.CountOf(new PlaylistIndex(1), 1_000) > 0);
    }
}
