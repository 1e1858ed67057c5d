using System.Globalization;
using Buddies.Embedded.Versions;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Storage;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    private const string GenerationSetting = "serving.generation";

    /// <summary>Page numbers of one process; the next process begins above them. Keeps numbers exact in JSON for 9 million starts.</summary>
    private const long SequencesPerGeneration = 1_000_000_000;

    private FileStream? _lock;

    /// <summary>Which start of a server on this store this is; larger at every one.</summary>
    internal long Generation { get; private set; }

    /// <summary>Loads catalogue, model and facts, replays the log's tail, and begins to serve.</summary>
    /// <param name="cancellationToken">Gives up; the runtime cannot be started again then.</param>
    /// <exception cref="InvalidOperationException">Another server uses the data directory.</exception>
    /// <exception cref="SnapshotException">The current model's files are damaged.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        TakeLock();
        var generation = long.Parse(
            await _store.Settings.GetAsync(GenerationSetting, cancellationToken).ConfigureAwait(false) ?? "0", CultureInfo.InvariantCulture) + 1;
        await _store.Settings.SetAsync(GenerationSetting, generation.ToString(CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
        RaiseStrangerSequence((generation * SequencesPerGeneration) + 1);
        Generation = generation;

        await LoadCatalogueAsync(cancellationToken).ConfigureAwait(false);
        await LoadModelAsync(cancellationToken).ConfigureAwait(false);
        await LoadPrivacyAsync(cancellationToken).ConfigureAwait(false);
        await LoadFactsAsync(cancellationToken).ConfigureAwait(false);
        await LoadUncountedAsync(cancellationToken).ConfigureAwait(false);
        await LoadLearningAsync(cancellationToken).ConfigureAwait(false);
        DeriveVectors();
        Popular.OnCatalogueChanged();
        Popular.Refresh();

        foreach (var partition in _partitions)
        {
            _loops.Add(Task.Run(partition.RunAsync, CancellationToken.None));
        }

        _loops.Add(Task.Run(_pump.RunAsync, CancellationToken.None));
        _loops.Add(Task.Run(TickAsync, CancellationToken.None));
        _loops.Add(Task.Run(CheckpointPeriodicallyAsync, CancellationToken.None));
        if (Learning is not null)
        {
            _loops.Add(Task.Run(LearnPeriodicallyAsync, CancellationToken.None));
        }

        if (_options.AuditInterval > TimeSpan.Zero)
        {
            _loops.Add(Task.Run(AuditPeriodicallyAsync, CancellationToken.None));
        }

        if (_options.FreshnessInterval > TimeSpan.Zero)
        {
            _loops.Add(Task.Run(ProbePeriodicallyAsync, CancellationToken.None));
        }

        _stage = "serving";
        _ready = true;
        LogServing(Users.Count, Catalogue.PlaylistCount, Model?.Version.Value ?? 0);
    }

    private void TakeLock()
    {
        Directory.CreateDirectory(_options.DataDirectory);
        var path = Path.Combine(_options.DataDirectory, "server.lock");
        try
        {
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"Another server uses {_options.DataDirectory} ({path} is locked).", e);
        }
    }

    private async Task LoadCatalogueAsync(CancellationToken cancellationToken)
    {
        _stage = "loading the catalogue";
        await foreach (var track in _store.Catalogue.ReadTracksAsync(cancellationToken).ConfigureAwait(false))
        {
            Catalogue.Upsert(track);
        }

        await foreach (var playlist in _store.Catalogue.ReadPlaylistsAsync(cancellationToken).ConfigureAwait(false))
        {
            Catalogue.Upsert(playlist);
        }
    }

    /// <summary>Opens what the doorman's record says: the current version, and the canary, so that none of its listeners goes back.</summary>
    private async Task LoadModelAsync(CancellationToken cancellationToken)
    {
        var record = await _store.Doorman.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (record.Current.Value == 0)
        {
            LogNoModel();
            return;
        }

        var models = await _store.Models.ListAsync(cancellationToken).ConfigureAwait(false);
        var current = OpenAtStart(models, record.Current);
        _plan = new ServingPlan(current, null, 0, []);
        if (record.Canary is not { } canary)
        {
            return;
        }

        try
        {
            _plan = new ServingPlan(current, OpenAtStart(models, canary.Version), canary.Percent, []);
        }
        catch (SnapshotException e)
        {
            // Its listeners are better off with the current version than with none.
            LogNoCanary(canary.Version.Value, e.Message);
        }
    }

    private ServedVersion OpenAtStart(IReadOnlyList<RegisteredModel> models, SnapshotVersion number)
    {
        _stage = $"verifying model {number}";
        var version = Open(models.Single(model => model.Version == number));
        PlaylistPlacement.PlaceChanged(version.Snapshot, version.Model, Catalogue, _options.Transform);
        return version;
    }

    private void PlaceAll(IReadOnlyList<Playlist> playlists)
    {
        foreach (var playlist in playlists)
        {
            var wasPublic = Catalogue.TryFind(playlist.Id, out var former) && Catalogue.Describe(former) is { IsPublic: true };
            Catalogue.Upsert(playlist);
            NoteFresh(playlist, wasPublic);
        }

        _ = Learning?.Fresh.Refresh(_time.GetUtcNow().ToUnixTimeMilliseconds());

        // Taken behind the catalogue's change: a version that joins the plan later finds the new contents there.
        foreach (var version in Plan.All)
        {
            if (version.TryAcquire())
            {
                PlaceIn(version.Model, playlists);
                version.Release();
            }
        }
    }

    private void PlaceIn(ServingModel model, IReadOnlyList<Playlist> playlists)
    {
        var system = new FoldInSystem(model.Dimension);
        foreach (var playlist in playlists)
        {
            var index = Catalogue.Intern(playlist.Id);
            if (Catalogue.Describe(index) is { } contents)
            {
                model.Place(index, contents, _options.Transform, system);
            }
        }
    }

    /// <summary>Vectors of all listeners: the snapshot's own for those who were silent since its watermark, folded in for the rest.</summary>
    private void DeriveVectors()
    {
        foreach (var version in Plan.All)
        {
            _stage = "placing listeners";
            DeriveVectors(version);
            version.Snapshot.LetGo();
        }
    }

    private void DeriveVectors(ServedVersion version)
    {
        version.FindTrained(Users);
        const int Group = 256;
        Parallel.ForEach(
            Users.All.Chunk(Group),
            () => (System: new FoldInSystem(version.Model.Dimension), Unit: new float[version.Model.Dimension]),
            (states, _, local) =>
            {
                foreach (var state in states)
                {
                    if (!version.TryCopyTrained(state, local.Unit))
                    {
                        LiveTaste.Derive(state.Facts, version.Model, local.System, local.Unit);
                    }

                    VectorKernels.Normalize(local.Unit);
                    version.Cells.Place(state.Index.Value, local.Unit);
                }

                return local;
            },
            _ => { });
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Information, Message = "Serving {Listeners} listeners and {Playlists} playlists with model {Version}")]
    private partial void LogServing(int listeners, int playlists, int version);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Error, Message = "The canary, version {Version}, cannot be served: {Reason}")]
    private partial void LogNoCanary(int version, string reason);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning, Message = "There is no current model: everybody gets the most followed playlists until one is trained")]
    private partial void LogNoModel();
}
