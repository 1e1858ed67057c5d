using Buddies.Engine.Doorman;
using Buddies.Engine.Doorman.Gates;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Snapshots;

namespace Buddies.Storage.Doorman;

/// <summary>
/// Asks the doorman from outside: for as long as one question takes it is an owner of the protocol itself, with the store
/// and no nodes. What it makes durable, the owner that has the nodes goes on with when it next reads the record.
/// </summary>
/// <param name="store">Where the record is.</param>
/// <param name="snapshotsFolder">The folder of all snapshots.</param>
/// <param name="fingerprint">The taste transform of whoever is to serve.</param>
/// <param name="gates">What a version must reach.</param>
/// <param name="clock">The clock of the journal.</param>
public sealed class DoormanDesk(IStore store, string snapshotsFolder, string fingerprint, GateOptions gates, TimeProvider clock)
{
    private const int Request = 1;

    /// <summary>Asks one thing.</summary>
    /// <param name="asked">Makes the question at a time, with a request number.</param>
    /// <param name="cancellationToken">Cancels before the effect.</param>
    /// <returns>The answer; what was accepted is durable.</returns>
    public async Task<Answer> AskAsync(Func<DateTimeOffset, long, OperatorInput> asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var protocol = new DoormanProtocol(new DoormanOptions());
        var inputs = new Queue<DoormanInput>();
        inputs.Enqueue(await LoadAsync(cancellationToken).ConfigureAwait(false));
        inputs.Enqueue(asked(clock.GetUtcNow(), Request));
        while (inputs.TryDequeue(out var input))
        {
            foreach (var command in protocol.Handle(input))
            {
                switch (command)
                {
                    case PersistRecord write:
                        inputs.Enqueue(await WriteAsync(write, cancellationToken).ConfigureAwait(false));
                        break;
                    case RunGates run:
                        var verdict = await JudgeAsync(run.Version, run.LowerAccepted is not null, cancellationToken).ConfigureAwait(false);
                        inputs.Enqueue(new GatesJudged(clock.GetUtcNow(), run.Version, verdict.Reasons, verdict.Metrics, run.Request, run.Who) { LowerAccepted = run.LowerAccepted });
                        break;
                    case Answer { Request: Request } answer:
                        return answer;
                }
            }
        }

        throw new InvalidOperationException("The doorman's protocol gave no answer.");
    }

    /// <summary>Judges a version by the gates; nothing is written.</summary>
    /// <param name="version">Which.</param>
    /// <param name="cancellationToken">Cancels the reading of the registry.</param>
    /// <returns>The verdict; of a version that is not registered, that it is not.</returns>
    public Task<GateVerdict> JudgeAsync(SnapshotVersion version, CancellationToken cancellationToken) => JudgeAsync(version, false, cancellationToken);

    private async Task<GateVerdict> JudgeAsync(SnapshotVersion version, bool acceptsLower, CancellationToken cancellationToken)
    {
        var models = await store.Models.ListAsync(cancellationToken).ConfigureAwait(false);
        if (models.FirstOrDefault(model => model.Version == version) is not { } candidate)
        {
            return new GateVerdict([$"Version {version} is not registered."], new Dictionary<string, double>());
        }

        var currentVersion = (await store.Models.CurrentAsync(cancellationToken).ConfigureAwait(false)).Version;
        var current = models.FirstOrDefault(model => model.Version == currentVersion && model.Version != version);
        return await Task.Run(() => Judge(candidate, current, acceptsLower), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes a version current: through the doorman where nodes are admitted, which then have to prepare it; at once where none is.
    /// </summary>
    /// <param name="version">Which; validated, or the canary.</param>
    /// <param name="who">Who asks.</param>
    /// <param name="why">In words.</param>
    /// <param name="cancellationToken">Cancels before the effect.</param>
    public async Task<Answer> PromoteAsync(SnapshotVersion version, string who, string why, CancellationToken cancellationToken)
    {
        var record = await store.Doorman.ReadAsync(cancellationToken).ConfigureAwait(false);
        var isServed = record.Nodes.Count > 0 || record.Fencing.Count > 0;
        if (!isServed && record.Find(version)?.State == VersionState.Validated)
        {
            return await store.Models.TryCommitAsync(record.Epoch, version, cancellationToken).ConfigureAwait(false)
                ? new Answer(Request, true, $"Version {version} is current: no node serves, so none had to prepare it.")
                : new Answer(Request, false, "Somebody else changed the doorman's record at the same moment.");
        }

        return await AskAsync(
            (at, request) => new RolloutRequested(at, request, who, why, version, RolloutGoal.Current), cancellationToken).ConfigureAwait(false);
    }

    private GateVerdict Judge(RegisteredModel candidate, RegisteredModel? current, bool acceptsLower)
    {
        SnapshotManifest? manifest = null;
        if (current is not null)
        {
            try
            {
                manifest = SnapshotManifestReader.Read(Path.Combine(snapshotsFolder, current.Folder), current.ManifestSha256).Manifest;
            }
            catch (SnapshotException damage)
            {
                return new GateVerdict(
                    [$"It cannot be compared with the current version: {damage.Message}"], new Dictionary<string, double>());
            }
        }

        return SnapshotGates.Judge(Path.Combine(snapshotsFolder, candidate.Folder), candidate.ManifestSha256, manifest, fingerprint, gates with { AcceptsLower = gates.AcceptsLower || acceptsLower });
    }

    private async Task<DoormanInput> LoadAsync(CancellationToken cancellationToken) =>
        new RecordLoaded(clock.GetUtcNow(), await store.Doorman.ReadAsync(cancellationToken).ConfigureAwait(false));

    private async Task<DoormanInput> WriteAsync(PersistRecord write, CancellationToken cancellationToken) =>
        await store.Doorman.TryWriteAsync(write.ExpectedEpoch, write.Next, write.Journal, cancellationToken).ConfigureAwait(false)
            ? new RecordPersisted(clock.GetUtcNow(), write.Next.Epoch)
            : await LoadAsync(cancellationToken).ConfigureAwait(false);
}
