using System.Globalization;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Storage;

namespace Buddies.Grains.World;

internal sealed partial class SiloWorld
{
    /// <summary>Events up to this offset are in a checkpoint; written by the runtime of one process too.</summary>
    private const string ReplayFromSetting = "checkpoints.through";
    private const string TransformSetting = "checkpoints.transform";

    private long _loadedThrough;

    /// <summary>Loads catalogue, model and everybody's place.</summary>
    /// <exception cref="SnapshotException">The current model's files are damaged, or of another transform.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await CheckTransformAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var track in Store.Catalogue.ReadTracksAsync(cancellationToken).ConfigureAwait(false))
        {
            Catalogue.Upsert(track);
        }

        await foreach (var playlist in Store.Catalogue.ReadPlaylistsAsync(cancellationToken).ConfigureAwait(false))
        {
            Catalogue.Upsert(playlist);
        }

        await LoadModelAsync(cancellationToken).ConfigureAwait(false);
        await LoadListenersAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Places whoever has listened while this silo loaded; from when it is a member, owners tell it of their moves.</summary>
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
            var (facts, offset) = await LoadFactsAsync(new UserId(user), cancellationToken).ConfigureAwait(false);
            Place(user, offset, Derive(facts));
        }
    }

    /// <summary>A listener's facts: the checkpoint, and the log's tail behind it.</summary>
    /// <returns>The facts, and the last event in them; 0 for somebody without any.</returns>
    public async Task<(UserTaste Facts, long Offset)> LoadFactsAsync(UserId user, CancellationToken cancellationToken)
    {
        var checkpoint = await Store.Checkpoints.ReadAsync(user, cancellationToken).ConfigureAwait(false);
        var facts = ReadFacts(checkpoint);
        var offset = facts is null ? 0 : checkpoint!.Value.Offset;
        facts ??= new UserTaste(Options.Transform);
        foreach (var logged in await Store.Events.ReadUserAsync(user, offset, cancellationToken).ConfigureAwait(false))
        {
            Apply(facts, null, logged.Event);
            offset = logged.Offset;
        }

        return (facts, offset);
    }

    private UserTaste? ReadFacts(UserCheckpoint? checkpoint)
    {
        try
        {
            return checkpoint?.State is { } bytes ? UserTaste.Load(bytes, Catalogue, Options.Transform) : null;
        }
        catch (InvalidDataException)
        {
            return null;
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

    private async Task LoadModelAsync(CancellationToken cancellationToken)
    {
        var current = await Store.Models.CurrentAsync(cancellationToken).ConfigureAwait(false);
        if (current.Version.Value == 0)
        {
            return;
        }

        var registered = (await Store.Models.ListAsync(cancellationToken).ConfigureAwait(false)).Single(model => model.Version == current.Version);
        _snapshot = Snapshot.Open(Path.Combine(Options.DataDirectory, "snapshots", registered.Folder), registered.ManifestSha256);
        if (_snapshot.Manifest.TransformFingerprint != Options.Transform.Fingerprint)
        {
            throw new SnapshotException($"Snapshot {current.Version} was trained with another taste transform than this silo's: train again.");
        }

        Model = new ServingModel(_snapshot, Catalogue);
        Cells = new BuddyCells(Model.Cells, Options.Buddies, Options.BuddySlack, Options.BuddyDrift);
        PlaylistPlacement.PlaceChanged(_snapshot, Model, Catalogue, Options.Transform);
    }

    /// <summary>The snapshot's vectors for those who were silent since its watermark; the others are folded in from their facts.</summary>
    private async Task LoadListenersAsync(CancellationToken cancellationToken)
    {
        var tails = await ReadTailsAsync(cancellationToken).ConfigureAwait(false);
        var rows = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; row < (_snapshot?.UserCount ?? 0); row++)
        {
            rows[_snapshot!.UserId(row).Value] = row;
        }

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

    private void PlaceLoaded(string user, UserTaste facts, long offset, Dictionary<string, int> rows)
    {
        // Those who are in the snapshot alone were erased since.
        var unit = offset <= _snapshot?.Manifest.Watermark && rows.TryGetValue(user, out var row)
            ? _snapshot.UserVector(row).ToArray()
            : Derive(facts);
        VectorKernels.Normalize(unit);
        var resident = Place(user, offset, unit);
        resident.TrackCount = facts.TrackCount;
        foreach (ref readonly var fact in facts.Playlists)
        {
            if ((fact.Marks & FactMarks.Followed) != 0)
            {
                Popular.OnFollowed(new PlaylistIndex(fact.Playlist), 1);
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
