using System.Collections.Concurrent;
using System.Globalization;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Grains.Tests.Contract;

namespace Buddies.Grains.Tests.Doorman;

/// <summary>
/// Readers of every silo under a swap. Nobody listens meanwhile, so that of each listener and version there is one page, but for the
/// rounding between a trained vector and the same one folded in: a page that differs by more has something of another version in it.
/// </summary>
/// <param name="silos">Whose pages.</param>
internal sealed class PageWitness(ClusterHarness silos)
{
    private static readonly HomeRequest s_request = new(6, 20, []);

    private readonly ConcurrentDictionary<(UserId User, SnapshotVersion Version), Dictionary<string, float>> _pages = [];
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

        // A witness who could not tell two versions apart would see nothing.
        var alike = _pages.Count(page => _pages.Any(other => other.Key.User == page.Key.User && other.Key.Version.Value > page.Key.Version.Value && IsSame(page.Value, other.Value)));
        if (alike > _pages.Count / 20)
        {
            _problems.Enqueue($"{alike} pages are alike in two versions");
        }

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
            var scores = ScoresOf(page);
            if (_pages.GetOrAdd((user, page.Version), scores) is var known && !IsSame(known, scores))
            {
                _problems.Enqueue($"{user} in version {page.Version}:\n{Describe(known)}\n{Describe(scores)}");
            }

            if (_latest.TryGetValue(user, out var before) && isUpward && page.Version.Value < before.Value)
            {
                _problems.Enqueue($"{user} was on version {before} and is on {page.Version}");
            }

            _latest[user] = page.Version;
        }
    }

    private static Dictionary<string, float> ScoresOf(HomePage page) => page.Shelves.SelectMany(shelf => shelf.Cards)
        .GroupBy(card => card.Playlist.Value).ToDictionary(of => of.Key, of => of.First().Score, StringComparer.Ordinal);

    /// <summary>A playlist's score does not depend on the others; which of two that are as good stands last on a shelf may.</summary>
    private static bool IsSame(Dictionary<string, float> one, Dictionary<string, float> other)
    {
        var common = one.Keys.Where(other.ContainsKey).ToArray();
        return common.Length >= 0.9 * Math.Max(one.Count, other.Count) && Array.TrueForAll(common, playlist => Math.Abs(one[playlist] - other[playlist]) <= 0.005f);
    }

    private static string Describe(Dictionary<string, float> scores) =>
        string.Join(' ', scores.Select(card => string.Create(CultureInfo.InvariantCulture, $"{card.Key}:{card.Value:F4}")));
}
