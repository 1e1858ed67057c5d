using Buddies.Cli.Server;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>What an overloaded server answered, and what it owes for it. Safe for concurrent use.</summary>
/// <param name="listeners">Listeners of the world.</param>
internal sealed class OverloadTally(int listeners)
{
    private readonly long[] _byListener = new long[listeners];
    private long _offered;
    private long _accepted;
    private long _tooMany;
    private long _unavailable;
    private long _mute;
    private long _obeyed;
    private long _obeyedTaken;

    /// <summary>Events sent, each as often as it was sent.</summary>
    public long Offered => Interlocked.Read(ref _offered);

    /// <summary>Events taken as new.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Answers 429.</summary>
    public long TooMany => Interlocked.Read(ref _tooMany);

    /// <summary>Answers 503.</summary>
    public long Unavailable => Interlocked.Read(ref _unavailable);

    /// <summary>Answers 429 and 503 that do not say when to come back.</summary>
    public long WithoutRetryAfter => Interlocked.Read(ref _mute);

    /// <summary>Batches that came back exactly when they were told to.</summary>
    public long Obeyed => Interlocked.Read(ref _obeyed);

    /// <summary>Those of them that were taken then.</summary>
    public long ObeyedTaken => Interlocked.Read(ref _obeyedTaken);

    /// <summary>Events of a listener that were taken.</summary>
    public long AcceptedOf(int listener) => Interlocked.Read(ref _byListener[listener]);

    public void OnAnswer(DoorAnswer answer, int sent, int[] sentListeners)
    {
        Interlocked.Add(ref _offered, sent);
        if (answer.IsLater)
        {
            Interlocked.Increment(ref answer.Status == 429 ? ref _tooMany : ref _unavailable);
            Interlocked.Add(ref _mute, answer.RetryAfter is null ? 1 : 0);
        }
        else if (!answer.IsTaken || answer.Accepted != sent)
        {
            throw new BenchFailedException(
                $"A batch of {sent} new events was answered {answer.Status} with {answer.Accepted} accepted, {answer.Duplicates} duplicates, {answer.Rejected} rejected: {answer.Detail}");
        }
        else
        {
            Interlocked.Add(ref _accepted, sent);
            foreach (var listener in sentListeners)
            {
                Interlocked.Increment(ref _byListener[listener]);
            }
        }
    }

    public void OnObeyed(bool isTaken)
    {
        Interlocked.Increment(ref _obeyed);
        Interlocked.Add(ref _obeyedTaken, isTaken ? 1 : 0);
    }
}
