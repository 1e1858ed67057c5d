using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Grains.Versions;
using Buddies.Storage;

namespace Buddies.Grains.World;

/// <summary>Versions side by side: prepared while another one serves, exchanged by one reference, given up when nobody reads them.</summary>
internal sealed partial class SiloWorld
{
    private readonly Lock _planning = new();
    private readonly SemaphoreSlim _preparing = new(1, 1);
    private readonly long _start;
    private volatile SiloPlan _plan = SiloPlan.Empty;

    /// <summary>Which versions there are, and whom each serves.</summary>
    public SiloPlan Plan => _plan;

    /// <summary>The current version's number; 0 for none.</summary>
    public SnapshotVersion Version => _plan.Current?.Number ?? default;

    /// <summary>By version, how many pieces of work of this silo hold it, and the silo itself.</summary>
    public Dictionary<int, int> Readers => _plan.All.ToDictionary(version => version.Number.Value, version => version.References);

    /// <summary>Keeps the version that serves a listener now, until it is given back.</summary>
    public VersionLease Take(UserId user)
    {
        while (true)
        {
            // One that is gone already is not in the present plan any more.
            var version = _plan.Of(user);
            if (version is null || version.TryAcquire())
            {
                return new VersionLease(version);
            }
        }
    }

    /// <summary>Tells the cells what time it is: how old their sets are is told by it.</summary>
    public void TellTime()
    {
        foreach (var version in _plan.All)
        {
            version.Cells.Now = Milliseconds;
        }
    }

    /// <summary>Verifies, maps and warms a version beside those that serve, with everybody in their places.</summary>
    /// <param name="registered">Which.</param>
    /// <param name="cancellationToken">Gives up; nothing of it stays.</param>
    /// <returns>False where it was prepared already.</returns>
    /// <exception cref="SnapshotException">Its files are damaged, or of another taste transform.</exception>
    public async Task<bool> PrepareAsync(RegisteredModel registered, CancellationToken cancellationToken)
    {
        await _preparing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Find(registered.Version) is not null)
            {
                return false;
            }

            await PrepareNewAsync(registered, cancellationToken).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _preparing.Release();
        }
    }

    /// <summary>Puts listeners on prepared versions: the flip.</summary>
    /// <param name="current">Serves everybody else; 0 for none.</param>
    /// <param name="canary">Serves a share of the listeners; 0 for none.</param>
    /// <param name="percent">That share.</param>
    /// <returns>False where nothing changes.</returns>
    public bool Serve(SnapshotVersion current, SnapshotVersion canary, double percent)
    {
        lock (_planning)
        {
            var (next, candidate) = (Require(current), Require(canary));
            if (next == _plan.Current && candidate == _plan.Canary && (candidate is null || percent == _plan.CanaryPercent))
            {
                return false;
            }

            if (next is not null && candidate is not null)
            {
                next.Engagement.Reset();
                candidate.Engagement.Reset();
            }

            _plan = new SiloPlan(next, candidate, percent, [.. _plan.All.Where(version => version != next && version != candidate)]);
            return true;
        }
    }

    /// <summary>Gives a version up that serves nobody; its memory goes with its last reader.</summary>
    public void Drop(SnapshotVersion number)
    {
        SiloVersion? version;
        lock (_planning)
        {
            version = _plan.Waiting.FirstOrDefault(waiting => waiting.Number == number);
            if (version is null)
            {
                return;
            }

            _plan = new SiloPlan(_plan.Current, _plan.Canary, _plan.CanaryPercent, [.. _plan.Waiting.Where(waiting => waiting != version)]);
        }

        version.Release();
    }

    /// <summary>Opens a version; nobody is in its cells yet. From now on who listens is noted as behind in it.</summary>
    private SiloVersion Add(RegisteredModel registered)
    {
        var version = Open(registered);
        lock (_planning)
        {
            _plan = new SiloPlan(_plan.Current, _plan.Canary, _plan.CanaryPercent, [.. _plan.Waiting, version]);
        }

        return version;
    }

    private SiloVersion Open(RegisteredModel registered)
    {
        var snapshot = Snapshot.Open(Path.Combine(Options.DataDirectory, "snapshots", registered.Folder), registered.ManifestSha256);
        try
        {
            if (snapshot.Manifest.TransformFingerprint != Options.Transform.Fingerprint)
            {
                throw new SnapshotException($"Snapshot {registered.Version} was trained with another taste transform than this silo's: train again.");
            }

            var model = new ServingModel(snapshot, Catalogue);
            var cells = new BuddyCells(model.Cells, Options.Buddies, Options.BuddySlack, Options.BuddyDrift) { Now = Milliseconds };
            return new SiloVersion(snapshot, model, cells, Options.Audit);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    private async Task PrepareNewAsync(RegisteredModel registered, CancellationToken cancellationToken)
    {
        var version = await Task.Run(() => Add(registered), cancellationToken).ConfigureAwait(false);
        _ = version.TryAcquire(); // Until this is over, whoever drops it meanwhile.
        try
        {
            await Task.Run(
                () =>
                {
                    PlaylistPlacement.PlaceChanged(version.Snapshot, version.Model, Catalogue, Options.Transform);
                    PlaceTrained(version);
                },
                cancellationToken).ConfigureAwait(false);
            await CatchUpFromStoreAsync(version, cancellationToken).ConfigureAwait(false);
            version.Snapshot.LetGo();
            version.IsPrepared = true;
        }
        catch
        {
            Drop(version.Number);
            throw;
        }
        finally
        {
            version.Release();
        }
    }

    /// <summary>The snapshot's own vectors for those who were silent since its watermark; the others are behind.</summary>
    private void PlaceTrained(SiloVersion version)
    {
        var rows = RowsOf(version.Snapshot);
        foreach (var resident in Users.All)
        {
            var offset = resident.Offset;
            if (offset <= version.Snapshot.Manifest.Watermark && rows.TryGetValue(resident.Id.Value, out var row))
            {
                var unit = version.Snapshot.UserVector(row).ToArray();
                Engine.Vectors.VectorKernels.Normalize(unit);
                _ = Place(version, resident.Id.Value, offset, unit);
            }
            else
            {
                NoteBehind(version, resident.Id.Value, offset);
            }
        }
    }

    private long Milliseconds => (long)Time.GetElapsedTime(_start).TotalMilliseconds;

    private SiloVersion? Find(SnapshotVersion number) => _plan.All.FirstOrDefault(version => version.Number == number);

    private SiloVersion? Require(SnapshotVersion number) => number.Value == 0
        ? null
        : Find(number) ?? throw new InvalidOperationException($"Version {number} is not prepared.");
}
