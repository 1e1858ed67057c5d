using Buddies.Embedded.Versions;
using Buddies.Engine.Buddies;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Storage;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

/// <summary>How a version is made ready beside those that serve: in slices, with rests, and in as little memory as it takes.</summary>
public sealed partial class EmbeddedRuntime
{
    /// <summary>However busy a partition is, a slice that took this many times its work counts for no more: preparing must come to its end.</summary>
    private const int LongestWait = 8;

    /// <summary>The heap is collected for a new version no more often than this: who lets in one right after the other pays for it once.</summary>
    private static readonly TimeSpan s_roomInterval = TimeSpan.FromSeconds(10);

    private RetiredVersion? _retired;
    private long _roomMade;

    private async Task PrepareNewAsync(RegisteredModel registered, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        MakeRoom(start);
        var version = await RestingThread.RunAsync(pause => Open(registered, pause)).ConfigureAwait(false);
        lock (_planning)
        {
            _plan = new ServingPlan(_plan.Current, _plan.Canary, _plan.CanaryPercent, [.. _plan.Waiting, version]);
        }

        try
        {
            await RestingThread.RunAsync(pause =>
            {
                version.FindTrained(Users, pause);
                PlaylistPlacement.PlaceChanged(version.Snapshot, version.Model, Catalogue, _options.Transform, pause);
                return true;
            }).ConfigureAwait(false);
            await FoldInAllAsync(version, cancellationToken).ConfigureAwait(false);
            await WarmSetsAsync(version, cancellationToken).ConfigureAwait(false);
            await CatchUpAsync(version, cancellationToken).ConfigureAwait(false);
            version.Snapshot.LetGo();
        }
        catch
        {
            await DropAsync(version.Number).ConfigureAwait(false);
            throw;
        }

        var time = _time.GetElapsedTime(start);
        Metrics.OnPrepared(time);
        LogPrepared(version.Number.Value, time.TotalSeconds);
    }

    /// <summary>
    /// Has the heap collected beside everything else, once in a while: what listeners were shown by former versions is garbage among what
    /// lives long, where nobody looks before there is much more of it.
    /// </summary>
    private void MakeRoom(long now)
    {
        if (_roomMade == 0 || _time.GetElapsedTime(_roomMade, now) >= s_roomInterval)
        {
            _roomMade = now;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
    }

    /// <summary>Opens a version; nobody is in its cells yet.</summary>
    private ServedVersion Open(RegisteredModel registered, Action? pause = null)
    {
        var snapshot = Snapshot.Open(Path.Combine(_options.DataDirectory, "snapshots", registered.Folder), registered.ManifestSha256, pause);
        try
        {
            if (snapshot.Manifest.TransformFingerprint != _options.Transform.Fingerprint)
            {
                throw new SnapshotException(
                    $"Snapshot {registered.Version} was trained with another taste transform ({snapshot.Manifest.TransformFingerprint[..12]}) than this server's ({_options.Transform.Fingerprint[..12]}): train again.");
            }

            var retired = Interlocked.Exchange(ref _retired, null);
            var model = new ServingModel(snapshot, Catalogue, retired?.Model, pause);
            var cells = new BuddyCells(model.Cells, _options.Buddies, _options.BuddySlack, _options.BuddyDrift);
            if (_plan.Current is { } serving && serving.TryAcquire())
            {
                cells.ReserveAs(serving.Cells, pause);
                serving.Release();
            }

            var audit = new BuddyAuditOptions(_options.AuditSamples, _options.AuditWindow, _options.AuditRecallFloor);
            return new ServedVersion(snapshot, model, cells, audit, _partitions.Length, retired, former => Volatile.Write(ref _retired, former));
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <summary>Every partition folds its own listeners in, between other work: who listens meanwhile is folded in again afterwards.</summary>
    private async Task FoldInAllAsync(ServedVersion version, CancellationToken cancellationToken)
    {
        const int Group = 8192;
        var shares = Array.ConvertAll(_partitions, _ => new List<UserState>());
        var order = version.InOrderOfRows(Users.Positions);
        for (var from = 0; from < order.Length; from += Group)
        {
            Array.ForEach(shares, static share => share.Clear());
            var to = Math.Min(from + Group, order.Length);
            foreach (var position in order.AsSpan(from, to - from))
            {
                if (Users.Find(position) is { } state)
                {
                    shares[IngestPump.PartitionOf(state.Id, _partitions.Length)].Add(state);
                }
            }

            // Each partition begins elsewhere, or all would fill the same cell at the same time and wait for each other.
            await Task.WhenAll(_partitions.Select((partition, i) => InSlicesAsync(
                partition, Rotate(shares[i], i, _partitions.Length), (p, listeners, next) => p.FoldIn(version, listeners, next), cancellationToken))).ConfigureAwait(false);
            version.LetGoOfVectors(from == 0 ? null : order[from - 1], order[to - 1]);
        }
    }

    private static List<UserState> Rotate(List<UserState> listeners, int part, int parts)
    {
        var from = (int)((long)listeners.Count * part / parts);
        return [.. listeners[from..], .. listeners[..from]];
    }

    /// <summary>Buddy sets for those who are looked at, so that the flip does not have to search for all of them at once.</summary>
    private Task WarmSetsAsync(ServedVersion version, CancellationToken cancellationToken) => Task.WhenAll(_partitions.Select(async partition =>
    {
        var asked = await partition.AskAsync(p => p.AskedBut(version), cancellationToken).ConfigureAwait(false);
        await InSlicesAsync(partition, asked, (p, listeners, next) => p.WarmSets(version, listeners, next), cancellationToken).ConfigureAwait(false);
    }));

    /// <summary>Folds in those who listened meanwhile, until next to nobody is left; the last ones are folded in when they are asked for.</summary>
    private Task CatchUpAsync(ServedVersion version, CancellationToken cancellationToken) => Task.WhenAll(_partitions.Select(async (partition, i) =>
    {
        const int MostRounds = 10_000;
        for (var round = 0; round < MostRounds; round++)
        {
            await partition.AskAsync(p => { p.FoldInBehind(version); return true; }, cancellationToken).ConfigureAwait(false);
            if (version.Behind[i].Count == 0)
            {
                return;
            }
        }
    }));

    /// <summary>
    /// Work in slices, and rests between them in which a partition serves. What a slice waited for beyond its own work is
    /// how busy partition and processors are: the busier, the longer the rest.
    /// </summary>
    private async Task InSlicesAsync(
        Partition partition, List<UserState> listeners, Func<Partition, List<UserState>, int, (int Next, TimeSpan Work)> slice, CancellationToken cancellationToken)
    {
        var next = 0;
        while (next < listeners.Count)
        {
            var asked = _time.GetTimestamp();
            (next, var work) = await partition.AskAsync(p => slice(p, listeners, next), cancellationToken).ConfigureAwait(false);
            if (work > TimeSpan.Zero && _options.PrepareRest > 0)
            {
                var taken = _time.GetElapsedTime(asked);
                var rest = TimeSpan.FromTicks(Math.Min(taken.Ticks, work.Ticks * LongestWait)) * _options.PrepareRest;
                await Task.Delay(rest, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(EventId = 2130, Level = LogLevel.Information, Message = "Version {Version} is prepared, after {Seconds:F1} s")]
    private partial void LogPrepared(int version, double seconds);
}
