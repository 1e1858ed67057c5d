using System.Globalization;
using Buddies.Embedded;
using Buddies.Engine.Events;
using Buddies.Engine.Serving;
using Buddies.Training.Synth;

namespace Buddies.Api.Startup;

/// <summary>
/// Simulated listeners who go on listening in a synthetic world by the tastes it was made with, on their own and from their
/// Home, so that a page has something to follow. Never at work in a data directory that holds anything else.
/// </summary>
internal sealed partial class Crowd(BuddiesApiOptions options, TimeProvider time, ILogger<Crowd> logger) : ICrowdStatus, IDisposable
{
    /// <summary>How likely somebody opens Home instead of playing a track; a visit is some ten events, so that about half of all are of visits.</summary>
    private const double VisitShare = 0.1;

    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;
    private bool _isRefused;

    public bool Enabled { get; private set; }

    public double EventsPerSecond => Enabled ? options.CrowdEventsPerSecond : 0;

    /// <summary>Sets to work, where there is a synthetic world and the options ask for a crowd.</summary>
    public Task StartAsync(EmbeddedRuntime runtime, SyntheticWorld? world)
    {
        if (world is not null && options.CrowdEventsPerSecond > 0)
        {
            Enabled = true;
            _work = Task.Run(() => ListenAsync(runtime, world), CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _work;
    }

    public void Dispose() => _stopping.Dispose();

    private async Task ListenAsync(EmbeddedRuntime runtime, SyntheticWorld world)
    {
        // The session's name is in the event ids: a restarted crowd must not repeat those of the one before.
        var startedMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var session = startedMs.ToString("x", CultureInfo.InvariantCulture);
        var random = new Random(unchecked((int)startedMs));
        var number = 0L;
        var owed = 0.0;
        var visits = new CrowdVisits(runtime, world, random);
        var waiting = new Queue<UserEvent>();
        using var timer = new PeriodicTimer(s_beat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                owed += options.CrowdEventsPerSecond * s_beat.TotalSeconds;
                var events = new List<UserEvent>((int)owed + 1);
                for (; owed >= 1; owed--)
                {
                    if (waiting.Count == 0 && random.NextDouble() < VisitShare)
                    {
                        await VisitAsync(visits, world, random, waiting);
                    }

                    var next = waiting.TryDequeue(out var visited) ? visited with { OccurredAt = time.GetUtcNow() } : Next(world, random);
                    events.Add(next with { Id = new Engine.Identifiers.EventId($"crowd-{session}-{++number}") });
                }

                await SendAsync(runtime, events);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task VisitAsync(CrowdVisits visits, SyntheticWorld world, Random random, Queue<UserEvent> waiting)
    {
        try
        {
            await visits.AddAsync(random.Next(world.Options.Listeners), waiting, _stopping.Token);
        }
        catch (RecommenderUnavailableException)
        {
            // What is sent next will say so.
        }
    }

    private async Task SendAsync(EmbeddedRuntime runtime, List<UserEvent> events)
    {
        try
        {
            await runtime.IngestAsync(events, new IngestTerms("crowd"), _stopping.Token);
            if (_isRefused)
            {
                _isRefused = false;
                LogGoesOn();
            }
        }
        catch (RecommenderBusyException)
        {
            // Real producers go first; the crowd leaves these plays out.
        }
        catch (RecommenderUnavailableException e)
        {
            // The store is gone for a while, and with it these plays.
            if (!_isRefused)
            {
                _isRefused = true;
                LogRefused(e.Message);
            }
        }
    }

    private UserEvent Next(SyntheticWorld world, Random random)
    {
        var listener = random.Next(world.Options.Listeners);
        var play = world.NextListen(listener, random);
        return new UserEvent(
            default,
            SyntheticWorld.ListenerId(listener),
            play.IsSkip ? EventKind.Skip : EventKind.Listen,
            SyntheticWorld.TrackId(play.Track),
            null,
            play.PlayedMs,
            play.DurationMs,
            time.GetUtcNow(),
            Context: """{"source":"crowd"}""");
    }

    [LoggerMessage(EventId = 3010, Level = LogLevel.Warning, Message = "The simulated crowd is not heard for the moment: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(EventId = 3011, Level = LogLevel.Information, Message = "The simulated crowd is heard again")]
    private partial void LogGoesOn();
}
