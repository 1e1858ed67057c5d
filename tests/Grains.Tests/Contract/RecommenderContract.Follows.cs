using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Grains.Tests.Contract;

/// <summary>How fast follows make a playlist popular is bounded, behind every entrance.</summary>
public abstract partial class RecommenderContract
{
    private const int Fakes = 40;

    [Fact]
    public async Task Follows_FasterThanIsBelieved_DoNotCountUntilAnOperatorBelievesThem()
    {
        var pushed = new PlaylistId("pushed");
        await Recommender.UpsertPlaylistsAsync([new(pushed, "Pushed", Listener(50), true, [Track(1), Track(2)], 0)], default);
        Assert.Empty(Recommender.Anomalies);
        for (var i = 0; i < Fakes; i++)
        {
            await Entrance(i).IngestAsync([Event(new UserId($"fake-{i}"), EventKind.Follow, playlist: pushed)], new IngestTerms("p"), default);
        }

        // Three are believed of a playlist that nobody knew; each silo hears of the others' listeners within moments.
        for (var entrance = 0; entrance < Entrances; entrance++)
        {
            await SettleAsync(entrance, Fakes - 3, 3);
        }

        Assert.False(await Recommender.BelieveFollowsAsync(new PlaylistId("unheard of"), default));
        Assert.True(await Entrance(1).BelieveFollowsAsync(pushed, default));
        for (var entrance = 0; entrance < Entrances; entrance++)
        {
            await SettleAsync(entrance, 0, Fakes);
        }

        async Task SettleAsync(int entrance, int uncounted, int followers)
        {
            using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (true)
            {
                var found = Entrance(entrance).Anomalies.Where(anomaly => anomaly.Playlist == pushed).Sum(anomaly => anomaly.Uncounted);
                var standing = (await Entrance(entrance).PlaylistAsync(pushed, null, default))!.Followers;
                if ((found, standing) == (uncounted, followers))
                {
                    return;
                }

                Assert.False(end.IsCancellationRequested, $"entrance {entrance}: {found} uncounted and {standing} followers, expected {uncounted} and {followers}");
                await Task.Yield();
            }
        }
    }
}
