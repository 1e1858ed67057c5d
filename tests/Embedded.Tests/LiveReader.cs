using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Embedded.Tests;

/// <summary>One client of the live page.</summary>
internal sealed class LiveReader : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _leaving = new();
    private readonly IAsyncEnumerator<HomeUpdate> _updates;
    private Task<bool> _next;

    public LiveReader(TestWorld world, UserId user, long? lastSequence = null)
    {
        _updates = world.Runtime.HomeLiveAsync(user, TestWorld.Large, lastSequence, _leaving.Token).GetAsyncEnumerator();
        _next = _updates.MoveNextAsync().AsTask();
    }

    public static async Task<LiveReader> SubscribedAsync(TestWorld world, UserId user, long? lastSequence = null)
    {
        var reader = new LiveReader(world, user, lastSequence);
        await UntilAsync(() => world.Runtime.Users.Find(user)?.Subscriptions.Count > 0, "the subscription never began");
        await world.SettleAsync(user);
        return reader;
    }

    /// <summary>The next page.</summary>
    public async Task<HomeUpdate> NextAsync()
    {
        Assert.True(await _next.WaitAsync(s_patience), "the stream has ended; expected a page");
        var update = _updates.Current;
        _next = _updates.MoveNextAsync().AsTask();
        return update;
    }

    /// <summary>Nothing has come, and all that could bring something is done.</summary>
    public async Task AssertNothingAsync()
    {
        await Task.Delay(50);
        Assert.False(_next.IsCompleted, "expected no page");
    }

    public async Task AssertEndsAsync()
    {
        HomePage? page = null;
        while (await _next.WaitAsync(s_patience))
        {
            page = _updates.Current.Page;
            _next = _updates.MoveNextAsync().AsTask();
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

    public static async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 1000, otherwise);
            await Task.Delay(10);
        }
    }
}
