using System.Collections.Concurrent;
using System.Globalization;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Grains.Tests.Contract;

namespace Buddies.Grains.Tests.Doorman;

/// <summary>
/// Readers of every silo under a swap. Nobody listens meanwhile, so that of each listener and version there is one page: a
/// page that differs from it has something of another version in it.
/// </summary>
internal sealed class PageWitness(ClusterHarness silos)
{
    private static readonly HomeRequest s_request = new(6, 20, []);

    private readonly ConcurrentDictionary<(UserId User, SnapshotVersion Version), string> _pages = [];
    private readonly ConcurrentDictionary<UserId, SnapshotVersion> _latest = [];
    private volatile bool _enough;
    private readonly ConcurrentQueue<string> _problems = [];
    private Task[] _readers = [];
    private long _reads;
    private long _again;

    /// <summary>How many pages were read, and how many of them again from another silo.</summary>
    public (long Reads, long Again) Count => (Interlocked.Read(ref _reads), Interlocked.Read(ref _again));

    /// <summary>How many versions somebody was seen on.</summary>
    public int Versions => _pages.Keys.Select(key => key.Version).Distinct().Count();

    /// <summary>Begins to read.</summary>
    /// <param name="isUpward">Whether versions only grow meanwhile, so that no listener may see an older one after a newer one.</param>
    public void Begin(bool isUpward) => _readers = [.. Enumerable.Range(0, 4).Select(reader => Task.Run(() => ReadAsync(reader, isUpward)))];

    /// <summary>Until everybody was read so many times more.</summary>
    public async Task RoundsAsync(int rounds)
    {
        var until = Interlocked.Read(ref _reads) + (rounds * SwapWorld.Listeners.Length);
        while (Interlocked.Read(ref _reads) < until && _readers.All(reader => !reader.IsCompleted))
        {
            await Task.Yield();
        }
    }

    public async Task<IReadOnlyCollection<string>> EndAsync()
    {
        _enough = true;
        await Task.WhenAll(_readers);
        return _problems;
    }

    private async Task ReadAsync(int reader, bool isUpward)
    {
        // A listener's pages are read one after the other.
        for (var i = reader; !_enough; i = (i + 4) % SwapWorld.Listeners.Length)
        {
            var user = SwapWorld.Listeners[i];
            var attempts = 0;
            var page = await SwapWorld.ReadAsync(silos, Random.Shared.Next(), through =>
            {
                attempts++;
                return through.HomeAsync(user, s_request, default);
            });
            Interlocked.Increment(ref _reads);
            Interlocked.Add(ref _again, attempts - 1);
            var text = Describe(page);
            if (_pages.GetOrAdd((user, page.Version), text) is var known && known != text)
            {
                _problems.Enqueue($"{user} in version {page.Version}:\n{known}\n{text}");
            }

            if (_latest.TryGetValue(user, out var before) && isUpward && page.Version.Value < before.Value)
            {
                _problems.Enqueue($"{user} was on version {before} and is on {page.Version}");
            }

            _latest[user] = page.Version;
        }
    }

    // Scores are sums whose last bits depend on the order; reasons may lack what a lost silo would have told.
    private static string Describe(HomePage page) => string.Join(' ', page.Shelves.SelectMany(shelf => shelf.Cards)
        .Select(card => string.Create(CultureInfo.InvariantCulture, $"{card.Playlist}:{card.Score:F3}")));
}
