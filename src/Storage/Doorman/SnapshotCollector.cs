using Buddies.Engine.Doorman;
using Buddies.Engine.Doorman.Gates;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;

namespace Buddies.Storage.Doorman;

/// <summary>Removes the files of versions that nobody needs, or that hold somebody who is to be forgotten.</summary>
/// <remarks>First the record says that a version is given up, then its files go; what a crash leaves between the two, the next round removes.</remarks>
/// <param name="store">The record, the registry, and who was erased.</param>
/// <param name="snapshotsFolder">The folder of all snapshots.</param>
/// <param name="clock">The time of the journal and of erasures.</param>
public sealed class SnapshotCollector(IStore store, string snapshotsFolder, TimeProvider clock)
{
    // Clocks of those who train and of those who erase may differ by so much.
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    // Giving up judges nothing, so the transform's fingerprint does not matter.
    private readonly DoormanDesk _desk = new(store, snapshotsFolder, "", new GateOptions(), clock);

    /// <summary>Removes the oldest of those that nobody needs.</summary>
    /// <param name="keep">How many versions keep their files, 3 or more.</param>
    /// <param name="isDryRun">Only tell.</param>
    /// <param name="who">For the journal.</param>
    /// <param name="cancellationToken">Ends it between two versions.</param>
    /// <exception cref="StoreException">The record cannot be read or written.</exception>
    public async Task<CollectedSnapshots> CollectAsync(int keep, bool isDryRun, string who, CancellationToken cancellationToken)
    {
        var (removed, inUse) = (new List<SnapshotVersion>(), new List<SnapshotVersion>());
        var record = await store.Doorman.ReadAsync(cancellationToken).ConfigureAwait(false);
        var folders = await ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var version in GivenUp(record))
        {
            if (Directory.Exists(FolderOf(folders[version])))
            {
                (TryRemove(folders[version], isDryRun) ? removed : inUse).Add(version);
            }
        }

        foreach (var version in Retention.Collectable(record, keep))
        {
            var folder = FolderOf(folders[version]);

            // Nobody can begin to read it between the word on record and the removal.
            using var hold = SnapshotHold.TryTakeAlone(folder);
            if (hold is null && Directory.Exists(folder))
            {
                inUse.Add(version);
                continue;
            }

            if (!isDryRun)
            {
                var answer = await _desk.AskAsync(
                    (at, request) => new CollectRequested(at, request, who, "snapshots gc", version), cancellationToken).ConfigureAwait(false);
                if (!answer.IsAccepted)
                {
                    throw new StoreException(answer.Message);
                }

                hold?.Remove();
            }

            removed.Add(version);
        }

        return new(removed, inUse);
    }

    /// <summary>Removes every version that still holds the vector of somebody whose erasure is older than is promised.</summary>
    /// <param name="within">How long an erased listener's vector may lie in files that nobody is served from.</param>
    /// <param name="who">For the journal.</param>
    /// <param name="cancellationToken">Ends it between two versions.</param>
    /// <returns>
    /// What was removed, and what could not be: it serves, or somebody reads it. A version that was trained after the
    /// erasure stays: its listener has come back.
    /// </returns>
    /// <exception cref="StoreException">The record cannot be read or written.</exception>
    public async Task<CollectedSnapshots> CollectErasedAsync(TimeSpan within, string who, CancellationToken cancellationToken)
    {
        var (removed, left) = (new List<SnapshotVersion>(), new List<SnapshotVersion>());
        var recent = await store.ErasedSinceAsync(clock.GetUtcNow() - within, cancellationToken).ConfigureAwait(false);
        var record = await store.Doorman.ReadAsync(cancellationToken).ConfigureAwait(false);
        var given = GivenUp(record).ToHashSet();
        foreach (var model in (await ListAsync(cancellationToken).ConfigureAwait(false)).Values)
        {
            if (!Directory.Exists(FolderOf(model)))
            {
                continue;
            }

            var due = (await store.ErasedSinceAsync(model.CreatedAt - s_skew, cancellationToken).ConfigureAwait(false)).Except(recent);
            var holds = due.Count > 0 && await Task.Run(() => SnapshotTraces.HoldsAny(FolderOf(model), due.Contains), cancellationToken).ConfigureAwait(false);
            if (!holds)
            {
                continue;
            }

            var isGivenUp = given.Contains(model.Version) || (await _desk.AskAsync(
                (at, request) => new CollectRequested(at, request, who, "It holds a listener who was erased.", model.Version, IsForErasure: true),
                cancellationToken).ConfigureAwait(false)).IsAccepted;

            // A node may hold it for a quick rollback until it hears that it was given up: the next round removes it then.
            (isGivenUp && TryRemove(model, isDryRun: false) ? removed : left).Add(model.Version);
        }

        return new(removed, left);
    }

    private static IEnumerable<SnapshotVersion> GivenUp(DoormanRecord record) =>
        record.Versions.Where(version => version.State == VersionState.Collected).Select(version => version.Version);

    private async Task<Dictionary<SnapshotVersion, RegisteredModel>> ListAsync(CancellationToken cancellationToken) =>
        (await store.Models.ListAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(model => model.Version);

    private string FolderOf(RegisteredModel model) => Path.Combine(snapshotsFolder, model.Folder);

    private bool TryRemove(RegisteredModel model, bool isDryRun)
    {
        using var hold = SnapshotHold.TryTakeAlone(FolderOf(model));
        if (hold is null)
        {
            return false;
        }

        if (!isDryRun)
        {
            hold.Remove();
        }

        return true;
    }
}

/// <summary>What became of the versions that were to go.</summary>
/// <param name="Removed">Their files are gone.</param>
/// <param name="Left">Still there.</param>
public sealed record CollectedSnapshots(IReadOnlyList<SnapshotVersion> Removed, IReadOnlyList<SnapshotVersion> Left);
