using Buddies.Cli.Server;
using Buddies.Engine.Events;

namespace Buddies.Cli.Bench.Faults;

/// <summary>
/// Sends batches one after another, and one whose answer never came again until it is acknowledged: so each of its
/// events must have taken effect exactly once, and in the order of sending.
/// </summary>
/// <param name="events">What it sends.</param>
/// <param name="seed">Chooses the sizes, and what is sent twice on purpose.</param>
/// <param name="rest">How long it rests after each batch; none by default.</param>
internal sealed class FaultProducer(FaultEvents events, int seed, TimeSpan rest = default)
{
    private const int MostInBatch = 60;
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromMilliseconds(100);

    private readonly Random _random = new(seed);
    private List<UserEvent>? _pending;
    private bool _isRepeat;

    /// <summary>Every acknowledged event, in the order of sending.</summary>
    public List<UserEvent> Acknowledged { get; } = [];

    /// <summary>Batches that were sent again because no answer came.</summary>
    public long Repeated { get; private set; }

    /// <summary>Acknowledged events that were sent again on purpose.</summary>
    public long KnownSent { get; private set; }

    /// <summary>Whether a batch was sent whose answer never came.</summary>
    public bool HasPending => _pending is not null;

    /// <summary>Sends until the server is gone, or until cancelled and everything sent is acknowledged.</summary>
    /// <param name="server">The server.</param>
    /// <param name="onAcknowledged">Hears of every acknowledgement.</param>
    /// <param name="ending">Begins no further batch; one whose answer has not come is still repeated.</param>
    public async Task SendAsync(Uri server, Action onAcknowledged, CancellationToken ending)
    {
        using var door = new EventDoor(server, TimeSpan.FromSeconds(60));
        try
        {
            while (_pending is not null || !ending.IsCancellationRequested)
            {
                var isRepeat = _isRepeat;
                var batch = _pending ??= events.Next(_random.Next(1, MostInBatch));
                Repeated += isRepeat ? 1 : 0;
                _isRepeat = true; // Until an answer comes.
                var answer = await door.PostAsync(EventLines.Render(WithKnown(batch)), CancellationToken.None);
                if (answer.IsLater)
                {
                    var delay = answer.RetryAfter ?? s_longestDelay;
                    await Task.Delay(delay < s_longestDelay ? delay : s_longestDelay, CancellationToken.None);
                    continue;
                }

                if (!answer.IsTaken || answer.Rejected > 0)
                {
                    throw new BenchFailedException($"Valid events were answered {answer.Status}, {answer.Rejected} rejected: {answer.Detail}");
                }

                Acknowledged.AddRange(batch);
                (_pending, _isRepeat) = (null, false);
                onAcknowledged();
                if (rest > TimeSpan.Zero)
                {
                    await Task.Delay(rest, CancellationToken.None);
                }
            }
        }
        catch (HttpRequestException)
        {
            // Killed. What was under way is sent again first.
        }
    }

    private IEnumerable<UserEvent> WithKnown(List<UserEvent> batch)
    {
        if (Acknowledged.Count == 0 || _random.Next(3) > 0)
        {
            return batch;
        }

        var known = Acknowledged[_random.Next(Acknowledged.Count)];
        KnownSent++;
        return _random.Next(2) == 0 ? batch.Prepend(known) : batch.Append(known);
    }
}
