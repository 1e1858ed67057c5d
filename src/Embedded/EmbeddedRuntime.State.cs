using System.Globalization;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    private const string ReplayFromSetting = "checkpoints.through";
    private const string TransformSetting = "checkpoints.transform";
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Facts = checkpoints + the tail of the log. A damaged checkpoint is replayed from the log's beginning.</summary>
    private async Task LoadFactsAsync(CancellationToken cancellationToken)
    {
        _stage = "loading checkpoints";
        var fingerprint = _options.Transform.Fingerprint;
        var formerly = await _store.Settings.GetAsync(TransformSetting, cancellationToken).ConfigureAwait(false);
        if (formerly is not null && formerly != fingerprint)
        {
            LogTransformChanged();
            await _store.Checkpoints.ClearAsync(cancellationToken).ConfigureAwait(false);
            await _store.Settings.SetAsync(ReplayFromSetting, "0", cancellationToken).ConfigureAwait(false);
        }

        await _store.Settings.SetAsync(TransformSetting, fingerprint, cancellationToken).ConfigureAwait(false);
        var damaged = await LoadCheckpointsAsync(cancellationToken).ConfigureAwait(false);
        var through = long.Parse(
            await _store.Settings.GetAsync(ReplayFromSetting, cancellationToken).ConfigureAwait(false) ?? "0", CultureInfo.InvariantCulture);
        _pump.HandedOver = through;
        await ReplayAsync(damaged.Count > 0 ? 0 : through, through, damaged, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HashSet<string>> LoadCheckpointsAsync(CancellationToken cancellationToken)
    {
        var damaged = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var checkpoint in _store.Checkpoints.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            var facts = ReadFacts(checkpoint);
            if (facts is null)
            {
                damaged.Add(checkpoint.User.Value);
                continue;
            }

            var state = Users.Add(checkpoint.User, facts);
            state.LastOffset = checkpoint.Offset;
            CountFollows(facts);
        }

        if (damaged.Count > 0)
        {
            LogDamagedCheckpoints(damaged.Count);
        }

        return damaged;
    }

    private UserTaste? ReadFacts(UserCheckpoint checkpoint)
    {
        try
        {
            return checkpoint.State is { } bytes ? UserTaste.Load(bytes, Catalogue, _options.Transform) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private void CountFollows(UserTaste facts)
    {
        foreach (ref readonly var fact in facts.Playlists)
        {
            if ((fact.Marks & FactMarks.Followed) != 0)
            {
                Popular.OnFollowed(new PlaylistIndex(fact.Playlist), 1);
            }
        }
    }

    private async Task ReplayAsync(long from, long through, HashSet<string> damaged, CancellationToken cancellationToken)
    {
        var last = await _store.Events.LastOffsetAsync(cancellationToken).ConfigureAwait(false);
        long replayed = 0;
        var since = _time.GetTimestamp();
        await foreach (var logged in _store.Events.ReadAsync(from, cancellationToken).ConfigureAwait(false))
        {
            var state = Users.Find(logged.Event.User);

            // Up to the mark, only damaged listeners need the log; beyond it, whoever's checkpoint is older.
            var isNeeded = logged.Offset > through
                ? state is null || logged.Offset > state.LastOffset
                : damaged.Contains(logged.Event.User.Value);
            if (isNeeded)
            {
                state ??= Users.Add(logged.Event.User, new UserTaste(_options.Transform));
                OwnerOf(state.Id).ApplyOne(state, logged, null);
                replayed++;
            }

            _pump.HandedOver = Math.Max(_pump.HandedOver, logged.Offset);
            if ((logged.Offset & 0xFFF) == 0)
            {
                var rate = replayed / Math.Max(0.001, _time.GetElapsedTime(since).TotalSeconds);
                _stage = string.Create(CultureInfo.InvariantCulture, $"replaying the event log: {logged.Offset:N0} of {last:N0}, {rate:N0} events/s");
            }
        }

        LogReplayed(replayed, last);
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(s_tick, _time);
        for (var tick = 0; await NextAsync(timer).ConfigureAwait(false); tick++)
        {
            try
            {
                Tick(tick);
            }
#pragma warning disable CA1031 // The next tick does what this one left; without ticks nobody would hear of others' moves.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Metrics.OnPartitionFailure();
                LogTickFailed(e);
            }
        }
    }

    private void Tick(int tick)
    {
        if (tick % 10 == 0 && RefreshPopular())
        {
            MarkAllWatchersDirty();
        }

        if (Cells is { } cells)
        {
            cells.Now = (long)_time.GetElapsedTime(_startTimestamp).TotalMilliseconds;
        }

        // Whoever is not watched any more can wait.
        if (_watchers.Length > 0 || tick % 10 == 0)
        {
            foreach (var partition in _partitions)
            {
                partition.TryPost(static p => p.Tick());
            }
        }
    }

    private async ValueTask<bool> NextAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(EventId = 2114, Level = LogLevel.Error, Message = "A tick failed; the next one goes on")]
    private partial void LogTickFailed(Exception exception);

    [LoggerMessage(EventId = 2110, Level = LogLevel.Warning, Message = "{Count} checkpoints are damaged; these listeners are replayed from the beginning of the log")]
    private partial void LogDamagedCheckpoints(int count);

    [LoggerMessage(EventId = 2111, Level = LogLevel.Information, Message = "The taste transform has changed since the last checkpoints; the whole log is replayed")]
    private partial void LogTransformChanged();

    [LoggerMessage(EventId = 2112, Level = LogLevel.Information, Message = "Replayed {Count} events of a log that ends at offset {Last}")]
    private partial void LogReplayed(long count, long last);
}
