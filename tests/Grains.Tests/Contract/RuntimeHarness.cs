using Buddies.Api;
using Buddies.Engine.Buddies;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Experiments;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Insights;
using Buddies.Engine.Privacy;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Buddies.Storage.Home;
using Buddies.Storage.Privacy;
using Buddies.Storage.Sqlite;

namespace Buddies.Grains.Tests.Contract;

/// <summary>A runtime over its own copy of the small world.</summary>
public abstract class RuntimeHarness : IAsyncDisposable
{
    /// <summary>The runtime, through the port of the HTTP surface.</summary>
    public abstract IRecommender Recommender { get; }

    /// <summary>How Home is decided, through the port of the HTTP surface.</summary>
    public abstract IHomeDesk Desk { get; }

    /// <summary>How Home explores and learns; null for the fixed page. Set before the start.</summary>
    public HomeOptions? Home { get; set; }

    /// <summary>Learns from every page that was sent, and has all silos know what was learned.</summary>
    public abstract Task LearnAsync();

    /// <summary>Waits until every page that was sent is in the logs.</summary>
    public abstract Task SettleLogsAsync();

    /// <summary>All lines of one sort of impression log.</summary>
    public async Task<List<string>> LogAsync(string name)
    {
        await SettleLogsAsync();
        var lines = new List<string>();
        foreach (var file in System.IO.Directory.GetFiles(Directory, name + "-*.ndjson", SearchOption.AllDirectories))
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            while (await reader.ReadLineAsync() is { } line)
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    /// <summary>The store under it.</summary>
    public IStore Store { get; private set; } = null!;

    /// <summary>How the store runs; set before the start.</summary>
    internal SqliteStoreOptions StoreOptions { get; set; } = new();

    /// <summary>The data directory.</summary>
    public string Directory { get; private set; } = "";

    public async Task StartAsync()
    {
        Directory = await Embedded.Tests.WorldTemplate.CopyAsync();
        Store = await SqliteStore.OpenAsync(Path.Combine(Directory, "buddies.db"), StoreOptions);
        await StartRuntimeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopRuntimeAsync();
        await Store.DisposeAsync();
        System.IO.Directory.Delete(Directory, true);
        GC.SuppressFinalize(this);
    }

    protected abstract Task StartRuntimeAsync();

    protected abstract Task StopRuntimeAsync();
}

/// <summary>The engine in one process. Cells are searched at every move, so that lists can be compared.</summary>
public sealed class EmbeddedHarness : RuntimeHarness
{
    private Embedded.EmbeddedRuntime _runtime = null!;

    public override IRecommender Recommender => new Port(_runtime);

    public override IHomeDesk Desk => new HomePort(_runtime);

    public override async Task LearnAsync()
    {
        await _runtime.LearnAsync(long.MaxValue);
        await _runtime.Learning!.SaveAsync();
    }

    public override Task SettleLogsAsync() => _runtime.Learning!.Log.SettleAsync();

    protected override async Task StartRuntimeAsync()
    {
        _runtime = new Embedded.EmbeddedRuntime(
            Store, new Embedded.EmbeddedOptions { DataDirectory = Directory, BuddyDrift = 0, MoveThreshold = 0, Partitions = 2, Home = Home }, TimeProvider.System);
        await _runtime.StartAsync(default);
    }

    protected override async Task StopRuntimeAsync() => await _runtime.DisposeAsync();

    private sealed class HomePort(Embedded.EmbeddedRuntime runtime) : IHomeDesk
    {
        public ValueTask<CardStory?> WhyAsync(UserId user, string impressionId, CancellationToken cancellationToken) => runtime.WhyAsync(user, impressionId, cancellationToken);

        public ValueTask<ListenerStory?> StoryAsync(UserId user, CancellationToken cancellationToken) => runtime.StoryAsync(user, cancellationToken);

        public ValueTask<bool> ChooseAsync(UserId user, ListenerChoice choice, CancellationToken cancellationToken) => runtime.ChooseAsync(user, choice, cancellationToken);

        public ValueTask<HomeHoldings?> HoldingsAsync(UserId user, CancellationToken cancellationToken) => runtime.HomeHoldingsAsync(user, cancellationToken);

        public ValueTask<InsightReport?> InsightsAsync(DateTimeOffset from, int playlists, CancellationToken cancellationToken) => new(runtime.Insights(from, playlists));

        public ValueTask<IReadOnlyList<(Experiment Experiment, ExperimentReport Report)>> ExperimentsAsync(CancellationToken cancellationToken) =>
            new(runtime.ReportExperiments());
    }

    private sealed class Port(Embedded.EmbeddedRuntime runtime) : IRecommender
    {
        public ServingStatus Status => runtime.Status;

        public ValueTask<IngestResult> IngestAsync(IReadOnlyList<UserEvent> events, IngestTerms terms, CancellationToken cancellationToken) =>
            runtime.IngestAsync(events, terms, cancellationToken);

        public ValueTask UpsertTracksAsync(IReadOnlyList<Track> tracks, CancellationToken cancellationToken) => runtime.UpsertTracksAsync(tracks, cancellationToken);

        public ValueTask UpsertPlaylistsAsync(IReadOnlyList<Playlist> playlists, CancellationToken cancellationToken) => runtime.UpsertPlaylistsAsync(playlists, cancellationToken);

        public ValueTask<HomePage> HomeAsync(UserId user, HomeRequest request, CancellationToken cancellationToken) => runtime.HomeAsync(user, request, cancellationToken);

        public IAsyncEnumerable<LiveUpdate> HomeLiveAsync(UserId user, HomeRequest request, long? lastSequence, CancellationToken cancellationToken) =>
            runtime.HomeLiveAsync(user, request, lastSequence, cancellationToken);

        public ValueTask<BuddyList> BuddiesAsync(UserId user, int count, CancellationToken cancellationToken) => runtime.BuddiesAsync(user, count, cancellationToken);

        public ValueTask<TasteSummary> TasteAsync(UserId user, CancellationToken cancellationToken) => runtime.TasteAsync(user, cancellationToken);

        public ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist, UserId? viewer, CancellationToken cancellationToken) =>
            runtime.PlaylistAsync(playlist, viewer, cancellationToken);

        public ValueTask<IReadOnlyList<ListenerSummary>> FindListenersAsync(string query, int limit, CancellationToken cancellationToken) =>
            runtime.FindListenersAsync(query, limit, cancellationToken);

        public ValueTask<ErasureReceipt> EraseAsync(UserId user, CancellationToken cancellationToken) => runtime.EraseAsync(user, cancellationToken);

        public IReadOnlyList<FollowAnomaly> Anomalies => runtime.Anomalies;

        public ValueTask<bool> BelieveFollowsAsync(PlaylistId playlist, CancellationToken cancellationToken) => runtime.BelieveFollowsAsync(playlist, cancellationToken);

        public ValueTask<ErasureReceipt?> ErasureAsync(UserId user, CancellationToken cancellationToken) => runtime.ErasureAsync(user, cancellationToken);

        public ValueTask<ListenerPrivacy> PrivacyAsync(UserId user, CancellationToken cancellationToken) => runtime.PrivacyAsync(user, cancellationToken);

        public ValueTask SetPrivacyAsync(UserId user, ListenerPrivacy privacy, CancellationToken cancellationToken) => runtime.SetPrivacyAsync(user, privacy, cancellationToken);

        public ValueTask<ListenerHoldings> HoldingsAsync(UserId user, CancellationToken cancellationToken) => runtime.HoldingsAsync(user, cancellationToken);
    }
}
