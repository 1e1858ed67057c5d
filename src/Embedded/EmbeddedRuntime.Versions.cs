using Buddies.Embedded.Versions;
using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Doorman;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Snapshots;
using Buddies.Storage;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

/// <summary>Versions side by side: prepared while another one serves, exchanged by one reference, given up when nobody reads them.</summary>
public sealed partial class EmbeddedRuntime
{
    private readonly Lock _planning = new();
    private readonly SemaphoreSlim _preparing = new(1, 1);
    private volatile ServingPlan _plan = ServingPlan.Empty;

    /// <summary>Which versions there are, and whom each serves.</summary>
    internal ServingPlan Plan => _plan;

    /// <summary>The current model; null for none.</summary>
    internal ServingModel? Model => _plan.Current?.Model;

    /// <summary>Everybody's place and the buddy sets by the current model; null without a model.</summary>
    internal BuddyCells? Cells => _plan.Current?.Cells;

    /// <summary>Time since the current model was trained; null without one.</summary>
    internal TimeSpan? SnapshotAge => _plan.Current is { } version ? _time.GetUtcNow() - version.Snapshot.Manifest.CreatedAt : null;

    /// <summary>Verifies, maps and warms a version beside those that serve, and folds every listener in.</summary>
    /// <param name="registered">Which.</param>
    /// <param name="cancellationToken">Gives up; nothing of it stays.</param>
    /// <returns>Once its vectors hold every listen that was acknowledged before; they are kept up from then on.</returns>
    /// <exception cref="SnapshotException">Its files are damaged, or of another taste transform.</exception>
    internal async Task PrepareAsync(RegisteredModel registered, CancellationToken cancellationToken)
    {
        await _preparing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Find(registered.Version) is null)
            {
                await PrepareNewAsync(registered, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _preparing.Release();
        }
    }

    /// <summary>Brings a prepared version as close as can be to the present, just before it is committed.</summary>
    internal async Task WarmAsync(SnapshotVersion number, CancellationToken cancellationToken)
    {
        if (Find(number) is { } version)
        {
            await WarmSetsAsync(version, cancellationToken).ConfigureAwait(false);
            await CatchUpAsync(version, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Puts listeners on prepared versions: the flip.</summary>
    /// <param name="current">Serves everybody else; 0 for none.</param>
    /// <param name="canary">Serves a share of the listeners; 0 for none.</param>
    /// <param name="percent">That share.</param>
    /// <returns>The time provider's timestamp of when nobody could get anything older any more.</returns>
    internal async Task<long> ServeAsync(SnapshotVersion current, SnapshotVersion canary, double percent)
    {
        var start = _time.GetTimestamp();
        lock (_planning)
        {
            var (next, candidate) = (Require(current), Require(canary));
            if (next is not null && candidate is not null && (candidate != _plan.Canary || next != _plan.Current || percent != _plan.CanaryPercent))
            {
                // Both are compared over the same time and the same share.
                (next.Engagement, candidate.Engagement) = (new Engagement(), new Engagement());
            }

            _plan = new ServingPlan(next, candidate, percent, [.. _plan.All.Where(version => version != next && version != candidate)]);
        }

        await WaitForTurnsAsync().ConfigureAwait(false);
        var flipped = _time.GetTimestamp();
        var milliseconds = _time.GetElapsedTime(start, flipped).TotalMilliseconds;
        LogServes(current.Value, canary.Value, percent, milliseconds);

        // Idle partitions too: who is behind is folded in, and what they keep points into no version that goes.
        await WaitForPartitionsAsync().ConfigureAwait(false);
        MarkAllWatchersDirty();
        return flipped;
    }

    /// <summary>Whether these versions serve these shares already.</summary>
    internal bool Serves(SnapshotVersion current, SnapshotVersion canary, double percent) =>
        _plan is var plan
        && (plan.Current?.Number ?? default) == current
        && (plan.Canary?.Number ?? default) == canary
        && (plan.Canary is null || plan.CanaryPercent == percent);

    /// <summary>Gives a version up that serves nobody; its memory goes with its last reader.</summary>
    internal async Task DropAsync(SnapshotVersion number)
    {
        ServedVersion? version;
        lock (_planning)
        {
            version = _plan.Waiting.FirstOrDefault(waiting => waiting.Number == number);
            if (version is null)
            {
                return;
            }

            _plan = new ServingPlan(_plan.Current, _plan.Canary, _plan.CanaryPercent, [.. _plan.Waiting.Where(waiting => waiting != version)]);
        }

        await WaitForPartitionsAsync().ConfigureAwait(false);
        version.Release();
        LogDropped(number.Value);
    }

    /// <summary>Until no partition is at work on a piece that began under the plan before. What begins later takes the new one.</summary>
    private async Task WaitForTurnsAsync()
    {
        Interlocked.MemoryBarrier();
        foreach (var (partition, turn) in Array.ConvertAll(_partitions, partition => (partition, partition.Turns)))
        {
            while ((turn & 1) == 1 && partition.Turns == turn)
            {
                await Task.Delay(1).ConfigureAwait(false); // Real time: pieces of work take real time.
            }
        }
    }

    /// <summary>Until every partition has taken the plan of this moment, or a later one.</summary>
    private async Task WaitForPartitionsAsync() =>
        await Task.WhenAll(_partitions.Select(partition => partition.AskAsync(static _ => true, CancellationToken.None).AsTask())).ConfigureAwait(false);

    private ServedVersion? Find(SnapshotVersion number) => _plan.All.FirstOrDefault(version => version.Number == number);

    private ServedVersion? Require(SnapshotVersion number) => number.Value == 0
        ? null
        : Find(number) ?? throw new InvalidOperationException($"Version {number} is not prepared.");

    /// <summary>Lets partitions fold in those who are behind; called now and then.</summary>
    private void PostBehind()
    {
        var plan = _plan;
        foreach (var version in plan.All)
        {
            // Where somebody is served, everybody's vector is a buddy's. Elsewhere only a quick rollback is at stake, and a
            // listener who listens often is folded in once for all of it.
            var most = plan.Serving.Contains(version) ? 0 : _options.MostBehind / _partitions.Length;
            for (var i = 0; i < _partitions.Length; i++)
            {
                if (version.Behind[i].Count > most)
                {
                    _partitions[i].TryPost(p => p.PostBehind(version));
                }
            }
        }
    }

    [LoggerMessage(EventId = 2131, Level = LogLevel.Information, Message = "Version {Current} serves; beside it version {Canary} serves {Percent} % of the listeners (0: none); the flip took {Milliseconds:F1} ms")]
    private partial void LogServes(int current, int canary, double percent, double milliseconds);

    [LoggerMessage(EventId = 2132, Level = LogLevel.Information, Message = "Version {Version} is given up")]
    private partial void LogDropped(int version);
}
