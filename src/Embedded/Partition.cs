using System.Threading.Channels;
using Buddies.Engine.Home;
using Buddies.Engine.Bandits;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Microsoft.Extensions.Logging;

namespace Buddies.Embedded;

/// <summary>
/// Owns a share of the listeners. All work on them goes through one inbox and is done one piece at a time, so their state
/// needs no lock. The rest of this class says what the work is.
/// </summary>
internal sealed partial class Partition
{
    private const int InboxCapacity = 1024;

    private readonly EmbeddedRuntime _runtime;
    private readonly int _number;
    private readonly EmbeddedOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Action<Partition>> _inbox = Channel.CreateBounded<Action<Partition>>(
        new BoundedChannelOptions(InboxCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private FoldInSystem? _scratch;
    private long _turns;

    public Partition(EmbeddedRuntime runtime, int number, EmbeddedOptions options, TimeProvider time, ILogger logger)
    {
        _runtime = runtime;
        _number = number;
        _options = options;
        _time = time;
        _logger = logger;
        _learning = runtime.Learning;
        _memories = new VisitMemories((options.Home?.RememberedListeners ?? 0) / options.Partitions);
        _join = options.Home is { } home ? new RewardJoin(home.RewardWindow, Math.Max(1, home.WaitingPages / options.Partitions)) : null;
        _nearUsers = new int[options.Buddies];
        _nearSimilarities = new float[options.Buddies];
        _latest = new int[Math.Max(1, options.LiveTastes)];
        Array.Fill(_latest, -1);
    }

    /// <summary>Events applied since the start. Shared.</summary>
    public long EventsApplied => Volatile.Read(ref _eventsApplied);

    /// <summary>Goes up at the beginning and at the end of each piece of work, so it is odd while one is done. Shared.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>Hands work over; waits while the inbox is full.</summary>
    /// <exception cref="RecommenderUnavailableException">The partition takes no more work: the runtime stops.</exception>
    public async ValueTask PostAsync(Action<Partition> work, CancellationToken cancellationToken)
    {
        try
        {
            await _inbox.Writer.WriteAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new RecommenderUnavailableException("The server is shutting down.");
        }
    }

    /// <summary>Hands work over if there is room.</summary>
    public bool TryPost(Action<Partition> work) => _inbox.Writer.TryWrite(work);

    /// <summary>Asks for an answer computed on the partition's own turn.</summary>
    public async ValueTask<T> AskAsync<T>(Func<Partition, T> question, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await PostAsync(
            partition =>
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    answer.TrySetCanceled(cancellationToken);
                    return;
                }

                try
                {
                    answer.TrySetResult(question(partition));
                }
#pragma warning disable CA1031 // Every failure is the asker's to see; the partition goes on.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    answer.TrySetException(e);
                }
            },
            cancellationToken).ConfigureAwait(false);
        return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Works until <see cref="Complete"/>, then finishes what is in the inbox.</summary>
    public async Task RunAsync()
    {
        await foreach (var work in _inbox.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            // A full fence: whoever exchanges the plan and then sees an even number knows that later work takes the new one.
            Interlocked.Increment(ref _turns);
            try
            {
                TakePlan();
                work(this);
            }
#pragma warning disable CA1031 // One listener's failure must not stop the others; it is logged and counted.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _runtime.Metrics.OnFailure();
                LogWorkFailed(e);
            }
            finally
            {
                Volatile.Write(ref _turns, _turns + 1);
            }
        }
    }

    public void Complete() => _inbox.Writer.TryComplete();

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "A piece of partition work failed")]
    private partial void LogWorkFailed(Exception exception);
}
