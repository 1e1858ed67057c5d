using Buddies.Engine.Events;

namespace Buddies.Storage.Log;

/// <summary>One call of AppendAsync on its way through the writer.</summary>
/// <remarks>Exactly one of two wins: the writer that takes it, or the caller that cancels it.</remarks>
internal sealed class AppendRequest(IReadOnlyList<UserEvent> events)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;

    // Continuations run elsewhere: a caller's code must not hold up the writer's thread.
    private readonly TaskCompletionSource<IReadOnlyList<long>> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _state = Waiting;

    public IReadOnlyList<UserEvent> Events => events;

    /// <summary>Written by the writer inside the transaction, handed out after the commit. [Events.Count].</summary>
    public long[] Offsets { get; } = new long[events.Count];

    public Task<IReadOnlyList<long>> Completion => _completion.Task;

    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    public void TryCancel(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Waiting) == Waiting)
        {
            _completion.SetCanceled(cancellationToken);
        }
    }

    public void Acknowledge() => _completion.SetResult(Offsets);

    public void Fail(Exception exception) => _completion.SetException(exception);
}
