using Buddies.Storage;

namespace Buddies.Embedded;

internal sealed partial class Partition
{
    /// <summary>Most checkpoints made in one turn, so that listeners do not wait long for theirs.</summary>
    private const int CheckpointsPerTurn = 512;

    private readonly Queue<UserState> _unsaved = new();

    /// <summary>Listeners who wait for a checkpoint.</summary>
    public int UnsavedCount => _unsaved.Count;

    /// <summary>The facts of the next listeners that changed since they were last saved.</summary>
    /// <param name="most">Most listeners to take off the queue, erased ones included.</param>
    /// <returns>How many were taken, and what is to be saved of them.</returns>
    public (int Taken, List<UserState> States, List<UserCheckpoint> Checkpoints) CollectCheckpoints(int most)
    {
        var (states, checkpoints) = (new List<UserState>(), new List<UserCheckpoint>());
        var taken = 0;
        for (; taken < Math.Min(most, CheckpointsPerTurn) && _unsaved.TryDequeue(out var state); taken++)
        {
            state.NeedsCheckpoint = false;
            if (!state.IsErased)
            {
                states.Add(state);
                checkpoints.Add(new UserCheckpoint(state.Id, state.Facts.Save(_runtime.Catalogue), state.LastOffset));
            }
        }

        return (taken, states, checkpoints);
    }

    /// <summary>Puts a listener on the list for the next checkpoint, once.</summary>
    public void NeedCheckpoint(UserState state)
    {
        if (!state.NeedsCheckpoint)
        {
            state.NeedsCheckpoint = true;
            _unsaved.Enqueue(state);
        }
    }
}
