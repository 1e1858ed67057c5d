using System.Diagnostics;
using Buddies.Cli.Server;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>Producers that send for a while: as fast as they are answered, or at a steady rate.</summary>
internal sealed class LoadRun : IDisposable
{
    private static readonly TimeSpan s_defaultDelay = TimeSpan.FromSeconds(1);

    private readonly LoadShape _shape;
    private readonly (EventDoor Door, EventBatches Batches)[] _producers;

    public LoadRun(Uri server, LoadShape shape)
        : this([server], shape)
    {
    }

    /// <param name="servers">Any of which takes events; producers are spread over them.</param>
    /// <param name="shape">Who sends how much.</param>
    public LoadRun(IReadOnlyList<Uri> servers, LoadShape shape)
    {
        _shape = shape;
        _producers = [.. Enumerable.Range(0, shape.Producers).Select(
            number => (new EventDoor(servers[number % servers.Count]), new EventBatches(shape, number, TimeProvider.System.GetUtcNow())))];
    }

    /// <summary>Sends, and waits for the last answers.</summary>
    /// <param name="duration">How long batches are begun.</param>
    /// <param name="tally">Counts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How long it took, the last answers included.</returns>
    public async Task<TimeSpan> RunAsync(TimeSpan duration, LoadTally tally, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(_producers.Select((producer, number) => Task.Run(
            () => _shape.Rate > 0
                ? SendSteadilyAsync(producer.Door, producer.Batches, number, started, duration, tally, cancellationToken)
                : SendAsync(producer.Door, producer.Batches, started, duration, tally, cancellationToken),
            cancellationToken)));
        return Stopwatch.GetElapsedTime(started);
    }

    public void Dispose()
    {
        foreach (var (door, _) in _producers)
        {
            door.Dispose();
        }
    }

    private static async Task SendAsync(
        EventDoor door, EventBatches batches, long started, TimeSpan duration, LoadTally tally, CancellationToken cancellationToken)
    {
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            await PostAsync(door, batches.Next(), Stopwatch.GetTimestamp(), tally, cancellationToken);
        }
    }

    /// <summary>Each batch is due at its time, whatever became of the one before; a late one counts from when it was due.</summary>
    private async Task SendSteadilyAsync(
        EventDoor door, EventBatches batches, int number, long started, TimeSpan duration, LoadTally tally, CancellationToken cancellationToken)
    {
        var interval = _shape.Batch * _shape.Producers / _shape.Rate * Stopwatch.Frequency;
        var first = started + (interval * number / _shape.Producers);
        for (var k = 0L; ; k++)
        {
            var due = (long)(first + (k * interval));
            if (Stopwatch.GetElapsedTime(started, due) >= duration)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { TotalMilliseconds: >= 1 } left)
            {
                await Task.Delay(left, cancellationToken);
            }

            await PostAsync(door, batches.Next(), Math.Min(due, Stopwatch.GetTimestamp()), tally, cancellationToken);
        }
    }

    private static async Task PostAsync(EventDoor door, ReadOnlyMemory<byte> batch, long since, LoadTally tally, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await door.PostAsync(batch, cancellationToken);
            tally.OnAnswer(answer);
            if (!answer.IsLater)
            {
                tally.Acks.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                return;
            }

            await Task.Delay(answer.RetryAfter ?? s_defaultDelay, cancellationToken);
        }
    }
}
