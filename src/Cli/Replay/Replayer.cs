using System.Buffers;
using Buddies.Cli.Server;

namespace Buddies.Cli.Replay;

/// <summary>Sends a history through the door in its own order, at its own pace or a multiple of it.</summary>
/// <remarks>
/// One batch is under way at a time, so the order holds. A batch that was refused for the moment, or whose answer never
/// came, is sent again as it is: ids are stable, so nothing counts twice.
/// </remarks>
/// <param name="post">The door.</param>
/// <param name="options">Pace and sizes.</param>
/// <param name="time">The clock.</param>
internal sealed class Replayer(Func<ReadOnlyMemory<byte>, CancellationToken, Task<DoorAnswer>> post, ReplayOptions options, TimeProvider time)
{
    private const int MostBytes = 4 << 20;
    private static readonly TimeSpan s_defaultDelay = TimeSpan.FromSeconds(1);

    private readonly ArrayBufferWriter<byte> _batch = new(1 << 16);
    private int _count;
    private long _lastAtMs;
    private bool _hasAnswered;

    /// <summary>What has become of it so far.</summary>
    public ReplayReport Report { get; private set; } = new();

    /// <summary>Sends everything.</summary>
    /// <param name="history">In the order of time.</param>
    /// <param name="progress">Hears of every answered batch.</param>
    /// <param name="cancellationToken">Stops after the batch under way is given up; the report says how far it came.</param>
    /// <exception cref="IOException">The server does not answer.</exception>
    public async Task RunAsync(IEnumerable<HistoryItem> history, Action<ReplayReport> progress, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        long? firstAtMs = null;
        foreach (var item in history)
        {
            firstAtMs ??= item.AtMs;
            if (options.Speed > 0)
            {
                var due = TimeSpan.FromMilliseconds((item.AtMs - firstAtMs.Value) / options.Speed);
                if (due > time.GetElapsedTime(started))
                {
                    await FlushAsync(progress, cancellationToken);
                    await DelayUntilAsync(started, due, cancellationToken);
                }
            }

            _batch.Write(item.Line);
            _batch.Write("\n"u8);
            _lastAtMs = item.AtMs;
            if (++_count == options.Batch || _batch.WrittenCount >= MostBytes)
            {
                await FlushAsync(progress, cancellationToken);
            }
        }

        await FlushAsync(progress, cancellationToken);
        Report = Report with { IsComplete = true };
    }

    private async Task DelayUntilAsync(long started, TimeSpan due, CancellationToken cancellationToken)
    {
        // Timers count milliseconds up to 49 days.
        while (due - time.GetElapsedTime(started) is { Ticks: > 0 } left)
        {
            var next = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min(left.TotalMilliseconds, TimeSpan.FromDays(1).TotalMilliseconds)));
            await Task.Delay(next, time, cancellationToken);
        }
    }

    private async Task FlushAsync(Action<ReplayReport> progress, CancellationToken cancellationToken)
    {
        if (_count == 0)
        {
            return;
        }

        var answer = await SendAsync(cancellationToken);
        Report = Report with
        {
            Sent = Report.Sent + _count,
            Accepted = Report.Accepted + answer.Accepted,
            Duplicates = Report.Duplicates + answer.Duplicates,
            Rejected = Report.Rejected + answer.Rejected,
            FirstError = Report.FirstError ?? answer.Detail,
            LastAt = DateTimeOffset.FromUnixTimeMilliseconds(_lastAtMs),
        };
        _batch.ResetWrittenCount();
        _count = 0;
        progress(Report);
    }

    private async Task<DoorAnswer> SendAsync(CancellationToken cancellationToken)
    {
        long? silentSince = null;
        while (true)
        {
            try
            {
                var answer = await post(_batch.WrittenMemory, cancellationToken);
                _hasAnswered = true;
                silentSince = null;
                if (!answer.IsLater)
                {
                    return Judge(answer);
                }

                Report = Report with { ToldToWait = Report.ToldToWait + 1 };
                await Task.Delay(answer.RetryAfter ?? s_defaultDelay, time, cancellationToken);
            }
            catch (HttpRequestException e)
            {
                silentSince ??= time.GetTimestamp();
                if (!_hasAnswered || time.GetElapsedTime(silentSince.Value) >= options.Patience)
                {
                    throw new IOException($"The server does not answer: {e.Message}", e);
                }

                Report = Report with { NoAnswer = Report.NoAnswer + 1 };
                await Task.Delay(s_defaultDelay, time, cancellationToken);
            }
        }
    }

    /// <summary>A batch of which no line can be read is refused as a whole; its events count as rejected like others.</summary>
    private DoorAnswer Judge(DoorAnswer answer) => answer switch
    {
        { IsTaken: true } => answer,
        { Status: 400 } => answer with { Rejected = _count },
        _ => throw new IOException($"The server answered {answer.Status}: {answer.Detail}"),
    };
}
