using Buddies.Storage;

namespace Buddies.Embedded;

internal sealed partial class Partition
{
    /// <summary>Most checkpoints made in one turn, so that listeners do not wait long for theirs.</summary>
    private const int CheckpointsPerTurn = 512;

    private readonly Queue<UserState> _unsaved = new();

    /// <summary>The facts of the next listeners that changed since they were last saved; empty when there are none.</summary>
    public (List<UserState> States, List<UserCheckpoint> Checkpoints) CollectCheckpoints()
    {
        var (states, checkpoints) = (new List<UserState>(), new List<UserCheckpoint>());
        while (states.Count < CheckpointsPerTurn && _unsaved.TryDequeue(out var state))
        {
            state.NeedsCheckpoint = false;
            if (!state.IsErased)
            {
                states.Add(state);
                checkpoints.Add(new UserCheckpoint(state.Id, state.Facts.Save(_runtime.Catalogue), state.LastOffset));
            }
        }

        return (states, checkpoints);
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
