using Buddies.Cli.Server;
using Buddies.Cli.Simulate;

namespace Buddies.Cli.Bench.Ingest;

/// <summary>What all producers together have met. Safe for concurrent use.</summary>
internal sealed class LoadTally
{
    private long _accepted;
    private long _rejected;
    private long _refused;
    private long _attempts;

    /// <summary>From sending a batch, or from when it was due, to its acknowledgement.</summary>
    public Quantiles Acks { get; } = new();

    /// <summary>Events that the server took as new.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Events that the server refused for what they say, or knew already: none, if all is well.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Batches that were told to come later.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Batches that were sent, those that were refused among them.</summary>
    public long Attempts => Interlocked.Read(ref _attempts);

    public void OnAnswer(DoorAnswer answer)
    {
        Interlocked.Increment(ref _attempts);
        if (answer.IsLater)
        {
            Interlocked.Increment(ref _refused);
            return;
        }

        if (!answer.IsTaken)
        {
            throw new IOException($"The server answered {answer.Status}: {answer.Detail}");
        }

        Interlocked.Add(ref _accepted, answer.Accepted);
        Interlocked.Add(ref _rejected, answer.Rejected + answer.Duplicates);
    }
}
