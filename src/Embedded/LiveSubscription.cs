using System.Threading.Channels;
using Buddies.Engine.Home;
using Buddies.Engine.Serving;

namespace Buddies.Embedded;

/// <summary>One client that watches one listener's page. Holds the latest page only: a slow client skips, and holds nobody up.</summary>
internal sealed class LiveSubscription(HomeRequest request)
{
    private readonly Channel<HomeUpdate> _latest = Channel.CreateBounded<HomeUpdate>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public HomeRequest Request { get; } = request;

    public HomePage? LastPushed { get; private set; }

    public ChannelReader<HomeUpdate> Reader => _latest.Reader;

    public void Push(HomePage page, TimeSpan? latency)
    {
        LastPushed = page;
        _latest.Writer.TryWrite(new HomeUpdate(page, latency));
    }

    /// <summary>Remembers a page that the client has already, so that it is not sent again.</summary>
    public void Skip(HomePage page) => LastPushed = page;

    public void End() => _latest.Writer.TryComplete();
}
