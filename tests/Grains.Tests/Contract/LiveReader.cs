using Buddies.Api;
using Buddies.Engine.Buddies;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;

namespace Buddies.Grains.Tests.Contract;

/// <summary>Reads a live stream one update at a time; a stream that stays silent fails its test after two minutes.</summary>
internal sealed class LiveReader : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new(TimeSpan.FromMinutes(2));
    private readonly IAsyncEnumerator<LiveUpdate> _updates;
    private Task<bool>? _next;

    private LiveReader(IRecommender recommender, UserId user, HomeRequest request, long? last) =>
        _updates = recommender.HomeLiveAsync(user, request, last, _end.Token).GetAsyncEnumerator();

    /// <summary>The numbers that came, in order.</summary>
    public List<long> Sequences { get; } = [];

    /// <summary>Subscribes at once, not at the first reading.</summary>
    public static LiveReader Open(IRecommender recommender, UserId user, HomeRequest request, long? last)
    {
        var reader = new LiveReader(recommender, user, request, last);
        reader._next = reader._updates.MoveNextAsync().AsTask();
        return reader;
    }

    public async Task<HomePage> NextPageAsync(Predicate<HomePage> wanted)
    {
        while (true)
        {
            if (await NextAsync() is HomeUpdate home && wanted(home.Page))
            {
                return home.Page;
            }
        }
    }

    public async Task<BuddyList> NextListAsync()
    {
        while (true)
        {
            if (await NextAsync() is BuddiesUpdate buddies)
            {
                return buddies.Buddies;
            }
        }
    }

    /// <summary>Reads on until the stream ends by itself.</summary>
    public async Task EndAsync()
    {
        while (await (_next ?? _updates.MoveNextAsync().AsTask()))
        {
            _next = null;
        }

        _next = Task.FromResult(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try
        {
            while (await (_next ?? _updates.MoveNextAsync().AsTask()))
            {
                _next = null;
            }
        }
        catch (OperationCanceledException)
        {
            // That was the end.
        }

        await _updates.DisposeAsync();
        _end.Dispose();
    }

    private async Task<LiveUpdate> NextAsync()
    {
        Assert.True(await (_next ?? _updates.MoveNextAsync().AsTask()), "the stream has ended");
        _next = null;
        Sequences.Add(_updates.Current.Sequence);
        return _updates.Current;
    }
}
