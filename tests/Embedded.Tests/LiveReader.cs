using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Embedded.Tests;

/// <summary>One client of a live stream; it takes what comes only when the test asks.</summary>
internal sealed class LiveReader : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _leaving = new();
    private readonly IAsyncEnumerator<LiveUpdate> _updates;
    private Task<bool> _next;

    public LiveReader(TestWorld world, UserId user, long? lastSequence = null)
    {
        _updates = world.Runtime.HomeLiveAsync(user, TestWorld.Large, lastSequence, _leaving.Token).GetAsyncEnumerator();
        _next = _updates.MoveNextAsync().AsTask();
    }

    public static async Task<LiveReader> SubscribedAsync(TestWorld world, UserId user, long? lastSequence = null)
    {
        var reader = new LiveReader(world, user, lastSequence);
        await UntilAsync(() => world.Runtime.Users.Find(user)?.Attention?.IsWatched == true, "the subscription never began");
        await world.SettleAsync(user);
        return reader;
    }

    /// <summary>Whatever comes next.</summary>
    public async Task<LiveUpdate> NextUpdateAsync()
    {
        Assert.True(await _next.WaitAsync(s_patience), "the stream has ended; expected a page or a list");
        return Take();
    }

    /// <summary>The next page; lists of buddies before it are passed over.</summary>
    public async Task<HomeUpdate> NextAsync()
    {
        while (true)
        {
            if (await NextUpdateAsync() is HomeUpdate page)
            {
                return page;
            }
        }
    }

    /// <summary>The next list of buddies; pages before it are passed over.</summary>
    public async Task<BuddiesUpdate> NextBuddiesAsync()
    {
        while (true)
        {
            if (await NextUpdateAsync() is BuddiesUpdate buddies)
            {
                return buddies;
            }
        }
    }

    /// <summary>No page has come, and all that could bring one is done.</summary>
    public async Task AssertNothingAsync()
    {
        await Task.Delay(50);
        while (_next.IsCompleted)
        {
            Assert.False(Take() is HomeUpdate, "expected no page");
            await Task.Delay(50);
        }
    }

    /// <summary>Nothing at all has come.</summary>
    public async Task AssertSilentAsync()
    {
        await Task.Delay(50);
        Assert.False(_next.IsCompleted, "expected neither a page nor buddies");
    }

    public async Task AssertEndsAsync()
    {
        HomePage? page = null;
        while (await _next.WaitAsync(s_patience))
        {
            page = (Take() as HomeUpdate)?.Page ?? page;
        }

        Assert.True(page is null, $"page {page?.Sequence} came instead of the end");
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _updates.DisposeAsync();
        _leaving.Dispose();
    }

    private LiveUpdate Take()
    {
        var update = _updates.Current;
        _next = _updates.MoveNextAsync().AsTask();
        return update;
    }

    public static async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 1000, otherwise);
            await Task.Delay(10);
        }
    }
}
