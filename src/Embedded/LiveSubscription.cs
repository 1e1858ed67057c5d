using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Buddies.Engine.Home;
using Buddies.Engine.Serving;

namespace Buddies.Embedded;

/// <summary>
/// One client that watches one listener. Holds the latest page and the latest list of buddies only: a slow client skips,
/// and holds nobody up. Filled by one partition, emptied by one reader.
/// </summary>
internal sealed class LiveSubscription(HomeRequest request)
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private HomeUpdate? _page;
    private BuddiesUpdate? _buddies;
    private SentPage? _sent;

    public HomeRequest Request { get; } = request;

    /// <summary>Hands over a page and how it came about, a list, or both at once; numbers only ever rise.</summary>
    public void Push(HomeUpdate? page, BuddiesUpdate? buddies, SentPage? sent = null)
    {
        lock (_lock)
        {
            (_page, _sent) = page is null ? (_page, _sent) : (page, sent);
            _buddies = buddies ?? _buddies;
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Waits until there may be something to take.</summary>
    /// <returns>False when there never will be.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken) =>
        await _signal.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && _signal.Reader.TryRead(out _);

    /// <summary>Takes the lower number first: a client that has a number has everything up to it.</summary>
    public bool TryTake([NotNullWhen(true)] out LiveUpdate? update, out SentPage? sent)
    {
        lock (_lock)
        {
            sent = null;
            if (_page is not null && (_buddies is null || _page.Sequence < _buddies.Sequence))
            {
                (update, sent) = (_page, _sent);
                (_page, _sent) = (null, null);
            }
            else
            {
                update = _buddies;
                _buddies = null;
            }

            return update is not null;
        }
    }

    public void End() => _signal.Writer.TryComplete();
}
