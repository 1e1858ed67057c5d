using System.Globalization;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Grains.Versions;
using Buddies.Storage;

namespace Buddies.Grains.World;

internal sealed partial class SiloWorld
{
    /// <summary>Events up to this offset are in a checkpoint; written by the runtime of one process too.</summary>
    internal const string ReplayFromSetting = "checkpoints.through";
    private const string TransformSetting = "checkpoints.transform";

    private long _loadedThrough;

    /// <summary>Loads catalogue, models and everybody's place.</summary>
    /// <exception cref="SnapshotException">The current model's files are damaged, or of another transform.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await CheckTransformAsync(cancellationToken).ConfigureAwait(false);
        _reconciledAt = Time.GetUtcNow();
        _ = Visibility.Replace(await Store.Privacy.ReadAllAsync(cancellationToken).ConfigureAwait(false));
        await foreach (var track in Store.Catalogue.ReadTracksAsync(cancellationToken).ConfigureAwait(false))
        {
            Catalogue.Upsert(track);
        }

        await foreach (var playlist in Store.Catalogue.ReadPlaylistsAsync(cancellationToken).ConfigureAwait(false))
        {
            Catalogue.Upsert(playlist);
        }

        await LoadModelsAsync(cancellationToken).ConfigureAwait(false);
        await (Home?.LoadAsync(cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
        await LoadListenersAsync(cancellationToken).ConfigureAwait(false);
        await LoadUncountedAsync(cancellationToken).ConfigureAwait(false);
        foreach (var version in Plan.All)
        {
            version.IsPrepared = true;
        }
    }

    /// <summary>
    /// Places whoever has listened while this silo loaded, and takes over what else has changed; from when it is a member,
    /// the others tell it.
    /// </summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var moved = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var logged in Store.Events.ReadAsync(_loadedThrough, cancellationToken).ConfigureAwait(false))
        {
            moved.Add(logged.Event.User.Value);
            _loadedThrough = logged.Offset;
        }

        foreach (var user in moved)
        {
            await PlaceFromStoreAsync(Plan.All, user, cancellationToken).ConfigureAwait(false);
        }

        await ReconcileAsync(cancellationToken).ConfigureAwait(false);
        await RereadCatalogueAsync(cancellationToken).ConfigureAwait(false);
        _caughtUp.TrySetResult();
    }

    /// <summary>Places whoever is behind in a version by facts from the store: the owners may not have the version yet.</summary>
    private async Task CatchUpFromStoreAsync(SiloVersion version, CancellationToken cancellationToken)
    {
        while (!version.Behind.IsEmpty)
        {
            foreach (var user in version.Behind.Keys)
            {
                await PlaceFromStoreAsync([version], user, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Places a listener by checkpoint and tail.</summary>
    public async Task PlaceFromStoreAsync(IReadOnlyList<SiloVersion> versions, string user, CancellationToken cancellationToken)
    {
        var (facts, offset) = await LoadFactsAsync(new UserId(user), cancellationToken).ConfigureAwait(false);
        foreach (var version in versions)
        {
            if (facts.EventCount == 0)
            {
                _ = version.Behind.TryRemove(user, out _); // Erased.
            }
            else if (version.TryAcquire())
            {
                try
                {
                    if (Place(version, user, offset, Derive(facts, version.Model)) is { } resident)
                    {
                        Home?.Follows.Load(new UserIndex(resident.Index), facts);
                    }
                }
                finally
                {
                    version.Release();
                }
            }
        }
    }

    /// <summary>Checkpoints of another transform would make other vectors than the trainer's; a cluster does not drop them beside others.</summary>
    private async Task CheckTransformAsync(CancellationToken cancellationToken)
    {
        var formerly = await Store.Settings.GetAsync(TransformSetting, cancellationToken).ConfigureAwait(false);
        if (formerly is null)
        {
            await Store.Settings.SetAsync(TransformSetting, Options.Transform.Fingerprint, cancellationToken).ConfigureAwait(false);
        }
        else if (formerly != Options.Transform.Fingerprint)
        {
            throw new InvalidDataException("The checkpoints were made by another taste transform: start the one-process server once, which makes them anew.");
        }
    }

    /// <summary>Opens what is served; whatever the record says once this silo joins is prepared then.</summary>
    private async Task LoadModelsAsync(CancellationToken cancellationToken)
    {
        var record = await Store.Doorman.ReadAsync(cancellationToken).ConfigureAwait(false);
        var models = await Store.Models.ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var number in record.Served())
        {
            var version = Add(models.Single(model => model.Version == number));
            PlaylistPlacement.PlaceChanged(version.Snapshot, version.Model, Catalogue, Options.Transform);
        }
    }

    /// <summary>The snapshot's vectors for those who were silent since its watermark; the others are folded in from their facts.</summary>
    private async Task LoadListenersAsync(CancellationToken cancellationToken)
    {
        var tails = await ReadTailsAsync(cancellationToken).ConfigureAwait(false);
        (SiloVersion Version, Dictionary<string, int> Rows)[] rows = [.. Plan.All.Select(version => (version, RowsOf(version.Snapshot)))];

        await foreach (var checkpoint in Store.Checkpoints.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (ReadFacts(checkpoint) is not { } facts || checkpoint.IsFormer)
            {
                var (loaded, through) = await LoadFactsAsync(checkpoint.User, cancellationToken).ConfigureAwait(false);
                PlaceLoaded(checkpoint.User.Value, loaded, through, rows);
                tails.Remove(checkpoint.User.Value);
                continue;
            }

            tails.Remove(checkpoint.User.Value, out var tail);
            PlaceLoaded(checkpoint.User.Value, facts, ApplyTail(facts, checkpoint.Offset, tail), rows);
        }

        foreach (var (user, tail) in tails)
        {
            var facts = new UserTaste(Options.Transform);
            PlaceLoaded(user, facts, ApplyTail(facts, 0, tail), rows);
        }
    }

    private static Dictionary<string, int> RowsOf(Snapshot snapshot)
    {
        var rows = new Dictionary<string, int>(snapshot.UserCount, StringComparer.Ordinal);
        for (var row = 0; row < snapshot.UserCount; row++)
        {
            rows[snapshot.UserId(row).Value] = row;
        }

        return rows;
    }

    private void PlaceLoaded(string user, UserTaste facts, long offset, (SiloVersion Version, Dictionary<string, int> Rows)[] versions)
    {
        if (Place(null, user, offset, []) is not { } resident)
        {
            return; // Erased meanwhile.
        }

        foreach (var (version, rows) in versions)
        {
            // Those who are in the snapshot alone were erased since.
            var unit = offset <= version.Snapshot.Manifest.Watermark && rows.TryGetValue(user, out var row)
                ? version.Snapshot.UserVector(row).ToArray()
                : Derive(facts, version.Model);
            VectorKernels.Normalize(unit);
            _ = Place(version, user, offset, unit);
        }

        resident.TrackCount = facts.TrackCount;
        Home?.Follows.Load(new UserIndex(resident.Index), facts);
        foreach (ref readonly var fact in facts.Playlists)
        {
            if ((fact.Marks & FactMarks.Followed) != 0)
            {
                _ = Popular.OnFollowed(new PlaylistIndex(fact.Playlist), 1);
            }
        }
    }

    private long ApplyTail(UserTaste facts, long offset, List<LoggedEvent>? tail)
    {
        foreach (var logged in tail ?? [])
        {
            if (logged.Offset > offset)
            {
                Apply(facts, null, logged.Event);
                offset = logged.Offset;
            }
        }

        return offset;
    }

    /// <summary>The log behind the last point that checkpoints hold in full, by listener.</summary>
    private async Task<Dictionary<string, List<LoggedEvent>>> ReadTailsAsync(CancellationToken cancellationToken)
    {
        var tails = new Dictionary<string, List<LoggedEvent>>(StringComparer.Ordinal);
        _loadedThrough = long.Parse(
            await Store.Settings.GetAsync(ReplayFromSetting, cancellationToken).ConfigureAwait(false) ?? "0", CultureInfo.InvariantCulture);
        await foreach (var logged in Store.Events.ReadAsync(_loadedThrough, cancellationToken).ConfigureAwait(false))
        {
            if (!tails.TryGetValue(logged.Event.User.Value, out var tail))
            {
                tails.Add(logged.Event.User.Value, tail = []);
            }

            tail.Add(logged);
            _loadedThrough = logged.Offset;
        }

        return tails;
    }
}
