using System.Globalization;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    private const string GenerationSetting = "serving.generation";

    /// <summary>Page numbers of one process; the next process begins above them. Keeps numbers exact in JSON for 9 million starts.</summary>
    private const long SequencesPerGeneration = 1_000_000_000;

    private FileStream? _lock;

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

        await LoadCatalogueAsync(cancellationToken).ConfigureAwait(false);
        await LoadModelAsync(cancellationToken).ConfigureAwait(false);
        await LoadFactsAsync(cancellationToken).ConfigureAwait(false);
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
        if (Cells is { } cells && _options.AuditInterval > TimeSpan.Zero)
        {
            _auditor = new BuddyAuditor(cells, Model!.Dimension, Active, _options, Metrics, _logger);
            _loops.Add(Task.Run(() => AuditPeriodicallyAsync(_auditor), CancellationToken.None));
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

    private async Task LoadModelAsync(CancellationToken cancellationToken)
    {
        var current = await _store.Models.CurrentAsync(cancellationToken).ConfigureAwait(false);
        if (current.Version.Value == 0)
        {
            LogNoModel();
            return;
        }

        _stage = $"verifying model {current.Version}";
        var models = await _store.Models.ListAsync(cancellationToken).ConfigureAwait(false);
        var registered = models.Single(model => model.Version == current.Version);
        _snapshot = Snapshot.Open(Path.Combine(_options.DataDirectory, "snapshots", registered.Folder), registered.ManifestSha256);
        if (_snapshot.Manifest.TransformFingerprint != _options.Transform.Fingerprint)
        {
            throw new SnapshotException(
                $"Snapshot {current.Version} was trained with another taste transform ({_snapshot.Manifest.TransformFingerprint[..12]}) than this server's ({_options.Transform.Fingerprint[..12]}): train again.");
        }

        Model = new ServingModel(_snapshot, Catalogue);
        Cells = new BuddyCells(Model.Cells, _options.Buddies, _options.BuddySlack, _options.BuddyDrift);
        PlaceNewPlaylists(_snapshot, Model);
    }

    /// <summary>Places playlists that are newer than the snapshot, or have changed since.</summary>
    private void PlaceNewPlaylists(Snapshot snapshot, ServingModel model)
    {
        var unchanged = new HashSet<int>();
        for (var row = 0; row < snapshot.PlaylistCount; row++)
        {
            if (Catalogue.TryFind(snapshot.PlaylistId(row), out var playlist)
                && Catalogue.Describe(playlist) is { } contents
                && HoldsTheSame(snapshot, row, contents, model))
            {
                unchanged.Add(playlist.Value);
            }
        }

        var system = new FoldInSystem(model.Dimension);
        for (var i = 0; i < Catalogue.PlaylistCount; i++)
        {
            if (!unchanged.Contains(i) && Catalogue.Describe(new PlaylistIndex(i)) is { } contents)
            {
                model.Place(new PlaylistIndex(i), contents, _options.Transform, system);
            }
        }
    }

    private static bool HoldsTheSame(Snapshot snapshot, int row, PlaylistContents contents, ServingModel model)
    {
        snapshot.PlaylistTracks(row, out var rows, out var times);
        if (rows.Length != contents.Ascending.Length)
        {
            return false;
        }

        for (var i = 0; i < contents.Ascending.Length; i++)
        {
            var at = rows.BinarySearch(model.RowOf(contents.Ascending[i]));
            if (at < 0 || times[at] != contents.Times[i])
            {
                return false;
            }
        }

        return true;
    }

    private void PlaceAll(IReadOnlyList<Playlist> playlists)
    {
        var system = Model is null ? null : new FoldInSystem(Model.Dimension);
        foreach (var playlist in playlists)
        {
            Catalogue.Upsert(playlist);
            var index = Catalogue.Intern(playlist.Id);
            if (Model is { } model && Catalogue.Describe(index) is { } contents)
            {
                model.Place(index, contents, _options.Transform, system!);
            }
        }
    }

    /// <summary>Vectors of all listeners: the snapshot's own for those who were silent since its watermark, folded in for the rest.</summary>
    private void DeriveVectors()
    {
        if (Model is not { } model || _snapshot is not { } snapshot || Cells is not { } cells)
        {
            return;
        }

        _stage = "placing listeners";
        var rows = new Dictionary<string, int>(snapshot.UserCount, StringComparer.Ordinal);
        for (var row = 0; row < snapshot.UserCount; row++)
        {
            rows[snapshot.UserId(row).Value] = row;
        }

        const int Group = 256;
        Parallel.ForEach(
            Users.All.Chunk(Group),
            () => (System: new FoldInSystem(model.Dimension), Unit: new float[model.Dimension]),
            (states, _, local) =>
            {
                foreach (var state in states)
                {
                    if (state.LastOffset <= snapshot.Manifest.Watermark && rows.TryGetValue(state.Id.Value, out var row))
                    {
                        snapshot.UserVector(row).CopyTo(local.Unit);
                    }
                    else
                    {
                        LiveTaste.Derive(state.Facts, model, local.System, local.Unit);
                    }

                    VectorKernels.Normalize(local.Unit);
                    cells.Place(state.Index.Value, local.Unit);
                }

                return local;
            },
            _ => { });
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Information, Message = "Serving {Listeners} listeners and {Playlists} playlists with model {Version}")]
    private partial void LogServing(int listeners, int playlists, int version);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning, Message = "There is no current model: everybody gets the most followed playlists until one is trained")]
    private partial void LogNoModel();
}
