using Buddies.Embedded.Learning;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;
using Buddies.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Buddies.Embedded;

/// <summary>The engine in one process: a store, an event pump, and partitions that own the listeners.</summary>
/// <remarks>Safe for concurrent use once <see cref="StartAsync"/> has returned. Stop it to write the last checkpoints.</remarks>
public sealed partial class EmbeddedRuntime : IAsyncDisposable
{
    private readonly IStore _store;
    private readonly EmbeddedOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Partition[] _partitions;
    private readonly IngestPump _pump;
    private readonly Lock _refreshing = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];
    private readonly long _startTimestamp;
    private long _strangerSequence = 1;
    private volatile string _stage = "starting";
    private volatile bool _ready;

    /// <summary>Prepares a runtime over a store that stays the caller's to dispose.</summary>
    /// <param name="store">The store.</param>
    /// <param name="options">How to run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">What to count with; null for one of its own.</param>
    /// <param name="logger">Where to report; null for nowhere.</param>
    public EmbeddedRuntime(IStore store, EmbeddedOptions options, TimeProvider time, EmbeddedMetrics? metrics = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Partitions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Buddies, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BuddySlack, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.BuddyDrift);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.AuditSamples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.AuditWindow, 1);
        _store = store;
        _options = options;
        _time = time;
        _startTimestamp = time.GetTimestamp();
        _logger = logger ?? NullLogger.Instance;
        Metrics = metrics ?? new EmbeddedMetrics();
        Popular = new PopularPlaylists(Catalogue, time);
        Learning = options.Home is { } home ? new HomeLearning(store, options, home, Catalogue, time, Metrics, _logger) : null;
        _partitions = new Partition[options.Partitions];
        for (var i = 0; i < _partitions.Length; i++)
        {
            _partitions[i] = new Partition(this, i, options, time, _logger);
        }

        _pump = new IngestPump(store, options, time, _partitions);
        Metrics.Observe(this);
    }

    /// <summary>What the runtime holds at this moment; never blocks.</summary>
    public ServingStatus Status => new(
        _ready,
        _stage,
        Model?.Version ?? default,
        Users.Count,
        Catalogue.TrackCount,
        Catalogue.PlaylistCount,
        _partitions.Sum(partition => partition.EventsApplied),
        _watchers.Length);

    /// <summary>Events that wait to become durable.</summary>
    public long PendingEvents => _pump.Pending;

    /// <summary>Durable events that wait to be applied.</summary>
    public long UnappliedEvents => _pump.Unapplied;

    internal MusicCatalogue Catalogue { get; } = new();

    internal UserDirectory Users { get; } = new();

    internal Visibility Visibility { get; } = new();

    internal PopularPlaylists Popular { get; }

    internal EmbeddedMetrics Metrics { get; }

    internal IReadOnlyList<Partition> Partitions => _partitions;

    /// <summary>
    /// The number of the page that listeners without facts see: above every number of the processes before this one, and
    /// growing whenever that page may have changed.
    /// </summary>
    internal long StrangerSequence => Volatile.Read(ref _strangerSequence);

    /// <summary>Adds or replaces tracks.</summary>
    /// <exception cref="RecommenderUnavailableException">The runtime is not ready, or the store cannot be written.</exception>
    public async ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tracks);
        CheckReady();
        var done = _pump.BetweenAsync(async () =>
        {
            await _store.Catalogue.UpsertTracksAsync(tracks, CancellationToken.None).ConfigureAwait(false);
            foreach (var track in tracks)
            {
                Catalogue.Upsert(track);
            }
        });
        await done.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds or replaces playlists; each is placed near the tastes it fits at once.</summary>
    /// <exception cref="RecommenderUnavailableException">The runtime is not ready, or the store cannot be written.</exception>
    public async ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(playlists);
        CheckReady();

        // On the pump's turn, so that memory takes the rows in the store's order, and the stop waits for it.
        var done = _pump.BetweenAsync(async () =>
        {
            await _store.Catalogue.UpsertPlaylistsAsync(playlists, CancellationToken.None).ConfigureAwait(false);
            PlaceAll(playlists);
            Popular.OnCatalogueChanged();
            RefreshPopular();
            MarkAllWatchersDirty();
        });
        await done.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    internal Partition OwnerOf(UserId user) => _partitions[IngestPump.PartitionOf(user, _partitions.Length)];

    internal bool RefreshPopular()
    {
        lock (_refreshing)
        {
            if (!Popular.Refresh())
            {
                return false;
            }

            RaiseStrangerSequence(StrangerSequence + 1);
            return true;
        }
    }

    /// <summary>Sees to it that a listener who loses their state is not shown an older number than before.</summary>
    internal void RaiseStrangerSequence(long atLeast)
    {
        long seen;
        while ((seen = StrangerSequence) < atLeast && Interlocked.CompareExchange(ref _strangerSequence, atLeast, seen) != seen)
        {
        }
    }

    private void CheckReady()
    {
        if (!_ready)
        {
            throw new RecommenderUnavailableException($"The server is not ready: {_stage}.");
        }
    }
}
