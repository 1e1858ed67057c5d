using System.Diagnostics;
using Buddies.Cli.Server;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>A producer that wants to send more than is taken; a refused batch is sent again until it is taken, with the same ids.</summary>
/// <param name="server">The server.</param>
/// <param name="shape">The load.</param>
/// <param name="number">Which producer.</param>
/// <param name="tally">Counts, also of each listener's taken events.</param>
internal sealed class OverloadProducer(Uri server, LoadShape shape, int number, OverloadTally tally) : IDisposable
{
    private static readonly TimeSpan s_defaultDelay = TimeSpan.FromSeconds(1);

    /// <summary>A whole queue may be before a batch, and is emptied at the pace of the store.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    private readonly EventDoor _door = new(server, s_patience);
    private readonly EventBatches _batches = new(shape, number, TimeProvider.System.GetUtcNow(), mostBytes: 1);
    private ReadOnlyMemory<byte> _batch;

    /// <summary>Sends at its share of the rate, deaf to Retry-After.</summary>
    public async Task PushAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var interval = TimeSpan.FromSeconds(shape.Batch * shape.Producers / shape.Rate);
        var started = Stopwatch.GetTimestamp();
        var due = interval * ((double)number / shape.Producers);
        for (; due < duration; due += interval)
        {
            if (due - Stopwatch.GetElapsedTime(started) is { TotalMilliseconds: >= 1 } left)
            {
                await Task.Delay(left, cancellationToken);
            }

            if (Stopwatch.GetElapsedTime(started) >= duration)
            {
                return; // More than can even be said.
            }

            _ = await SendAsync(cancellationToken);
        }
    }

    /// <summary>Sends as fast as it is answered, and comes back when Retry-After says so.</summary>
    public async Task ObeyAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var wasTold = false;
        while (Stopwatch.GetElapsedTime(started) < duration || !_batch.IsEmpty)
        {
            var answer = await SendAsync(cancellationToken);
            if (wasTold)
            {
                tally.OnObeyed(answer.IsTaken);
            }

            wasTold = answer.IsLater;
            if (wasTold)
            {
                await Task.Delay(answer.RetryAfter ?? s_defaultDelay, cancellationToken);
            }
        }
    }

    public void Dispose() => _door.Dispose();

    private async Task<DoorAnswer> SendAsync(CancellationToken cancellationToken)
    {
        _batch = _batch.IsEmpty ? _batches.Next() : _batch;
        var answer = await _door.PostAsync(_batch, cancellationToken);
        tally.OnAnswer(answer, shape.Batch, _batches.Listeners);
        if (answer.IsTaken)
        {
            _batch = default;
        }

        return answer;
    }
}
