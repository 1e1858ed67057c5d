using Buddies.Embedded.Doorman;
using Buddies.Engine.Events;
using Buddies.Engine.Experiments;
using Buddies.Engine.Identifiers;

namespace Buddies.Embedded.Tests.Versions;

/// <summary>What listeners do with the version that serves, watched by the doorman.</summary>
public sealed class EngagementTests
{
    private static readonly EngagementWatchOptions s_watch = new() { Window = TimeSpan.FromSeconds(1), Period = 100, LeastImpressions = 1 };

    [Fact]
    public async Task Engagement_ThatFalls_AsksForATrainingOnce()
    {
        var fell = new List<SnapshotVersion>();
        await using var world = await TestWorld.StartAsync();
        await using var doorman = new LocalDoorman(
            world.Runtime,
            world.Store,
            new LocalDoormanOptions
            {
                Gates = (_, _, _, _) => Task.FromResult(new GateOutcome([], new Dictionary<string, double>())),
                EngagementWatch = s_watch,
                EngagementFell = fell.Add,
            },
            world.Time);
        await doorman.StartAsync(default);
        await doorman.TickAsync();
        for (var window = 0; window < 400; window++)
        {
            await ListenAsync(doorman, world, window, plays: window < 200 ? 6 : 2);
            Assert.True(window >= 200 || fell.Count == 0, $"it fell in window {window}");
        }

        Assert.Equal([new SnapshotVersion(1)], fell);
    }

    /// <summary>Ten impressions, so many plays or one more, and a second that passes.</summary>
    private static async Task ListenAsync(LocalDoorman doorman, TestWorld world, int window, int plays)
    {
        var engagement = world.Runtime.Plan.Current!.Engagement;
        for (var i = 0; i < 10; i++)
        {
            engagement.Count(world.Event(TestWorld.Listener(i), EventKind.Impression));
        }

        for (var i = 0; i < plays + (window % 3 == 0 ? 1 : 0); i++)
        {
            engagement.Count(world.Event(TestWorld.Listener(i), EventKind.Listen, TestWorld.Track(0)) with { PlayedMs = 40_000 });
        }

        world.Time.Advance(TimeSpan.FromSeconds(1));
        await doorman.TickAsync();
    }
}
