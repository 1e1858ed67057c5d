using System.Diagnostics;
using Buddies.Engine.Events;
using Buddies.Engine.Serving;

namespace Buddies.Embedded;

/// <summary>Something that waits for the pump: a batch of events, or a piece of work between two groups.</summary>
/// <param name="Producer">Whose turn it is taken in.</param>
/// <param name="Events">The batch; empty for work.</param>
/// <param name="Work">The work; null for a batch.</param>
/// <param name="Timestamp">When it came in, by the time provider.</param>
internal sealed record IngestRequest(string Producer, IReadOnlyList<UserEvent> Events, Func<Task>? Work, long Timestamp)
{
    /// <summary>Whether it only measures the way: it takes its turn and waits for the disk, and leaves nothing in the log.</summary>
    public bool IsProbe { get; init; }

    /// <summary>The trace that the batch came in; default where nobody traces it.</summary>
    public ActivityContext Trace { get; } = Traces.Current;

    public TaskCompletionSource<IngestResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
