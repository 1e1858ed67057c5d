using System.Globalization;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Storage;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

public sealed partial class EmbeddedRuntime
{
    /// <summary>The last offset of the log when this process began to serve: what lies beyond, it has counted itself.</summary>
    internal long OffsetAtStart { get; private set; }

    private const string ReplayFromSetting = "checkpoints.through";
    private const string TransformSetting = "checkpoints.transform";
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Facts = checkpoints + the tail of the log. Behind a damaged checkpoint the tail is longer.</summary>
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
        var behind = await LoadCheckpointsAsync(cancellationToken).ConfigureAwait(false);
        var through = long.Parse(
            await _store.Settings.GetAsync(ReplayFromSetting, cancellationToken).ConfigureAwait(false) ?? "0", CultureInfo.InvariantCulture);
        _pump.HandedOver = through;
        var from = behind.Count == 0 ? through : Math.Min(through, behind.Values.Min());
        await ReplayAsync(from, through, behind, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Listeners whose newest checkpoint is damaged, each with the offset from which the log must be replayed for them.</returns>
    private async Task<Dictionary<string, long>> LoadCheckpointsAsync(CancellationToken cancellationToken)
    {
        var behind = new Dictionary<string, long>(StringComparer.Ordinal);
        var loaded = 0;
        await foreach (var checkpoint in _store.Checkpoints.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (++loaded % 1024 == 0)
            {
                _stage = string.Create(CultureInfo.InvariantCulture, $"loading checkpoints: {loaded:N0} so far");
            }

            var facts = ReadFacts(checkpoint);
            if (facts is null || checkpoint.IsFormer)
            {
                behind.Add(checkpoint.User.Value, facts is null ? 0 : checkpoint.Offset);
            }

            if (facts is not null)
            {
                Users.Add(checkpoint.User, facts).LastOffset = checkpoint.Offset;
                CountFollows(facts);
            }
        }

        if (behind.Count > 0)
        {
            var replayed = behind.Values.Count(offset => offset == 0);
            LogDamagedCheckpoints(behind.Count, behind.Count - replayed, replayed);
            var dropped = await _store.Events.DroppedThroughAsync(cancellationToken).ConfigureAwait(false);
            var incomplete = behind.Values.Count(offset => offset < dropped);
            if (incomplete > 0)
            {
                LogIncomplete(incomplete, dropped);
            }
        }

        return behind;
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

    private async Task ReplayAsync(long from, long through, Dictionary<string, long> behind, CancellationToken cancellationToken)
    {
        var last = await _store.Events.LastOffsetAsync(cancellationToken).ConfigureAwait(false);
        OffsetAtStart = last;
        var (read, replayed) = (0L, 0L);
        var since = _time.GetTimestamp();
        await foreach (var logged in _store.Events.ReadAsync(from, cancellationToken).ConfigureAwait(false))
        {
            // Up to the mark, only those whose newest checkpoint is damaged need the log; beyond it, whoever's is older.
            var state = Users.Find(logged.Event.User);
            var isNeeded = (logged.Offset > through || behind.ContainsKey(logged.Event.User.Value))
                && (state is null || logged.Offset > state.LastOffset);
            if (isNeeded)
            {
                state ??= Users.Add(logged.Event.User, new UserTaste(_options.Transform));
                OwnerOf(state.Id).ApplyOne(state, logged, null);
                replayed++;
            }

            _pump.HandedOver = Math.Max(_pump.HandedOver, logged.Offset);
            if ((++read & 0xFFF) == 0)
            {
                _stage = Progress(logged.Offset - from, last - from, _time.GetElapsedTime(since));
            }
        }

        LogReplayed(replayed, last);
    }

    private static string Progress(long done, long all, TimeSpan time)
    {
        var rate = done / Math.Max(0.001, time.TotalSeconds);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"replaying the event log: {done:N0} of {all:N0}, {rate:N0} a second, {Math.Max(0, all - done) / Math.Max(1, rate):N0} s left");
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
                Metrics.OnFailure();
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

        foreach (var version in Plan.All)
        {
            version.Cells.Now = (long)_time.GetElapsedTime(_startTimestamp).TotalMilliseconds;
        }

        PostBehind();

        // Whoever is not watched any more can wait.
        if (_watchers.Length > 0 || tick % 10 == 0)
        {
            foreach (var partition in _partitions)
            {
                partition.TryPost(static p => p.TickUnlessPosted());
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

    [LoggerMessage(EventId = 2110, Level = LogLevel.Warning, Message = "{Count} checkpoints are damaged: {Former} listeners fall back to the one before, {Replayed} are replayed from the beginning of the log")]
    private partial void LogDamagedCheckpoints(int count, int former, int replayed);

    [LoggerMessage(EventId = 2115, Level = LogLevel.Error, Message = "{Count} listeners with damaged checkpoints would need events that were dropped (through offset {Dropped}): their older facts are lost")]
    private partial void LogIncomplete(int count, long dropped);

    [LoggerMessage(EventId = 2111, Level = LogLevel.Information, Message = "The taste transform has changed since the last checkpoints; the whole log is replayed")]
    private partial void LogTransformChanged();

    [LoggerMessage(EventId = 2112, Level = LogLevel.Information, Message = "Replayed {Count} events of a log that ends at offset {Last}")]
    private partial void LogReplayed(long count, long last);
}
