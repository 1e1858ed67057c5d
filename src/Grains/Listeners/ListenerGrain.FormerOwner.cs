using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Storage;

namespace Buddies.Grains.Listeners;

/// <summary>
/// This listener may have lived on a silo that the cluster has given up and that goes on all the same, cut off from the others
/// but not from the store: it may have appended after this activation read the log.
/// </summary>
/// <remarks>
/// Until that silo has stopped for sure no checkpoint is written here, for it would claim what only the other has; then the log
/// is read again behind what was loaded. Nothing is appended here before the doorman's record leaves that silo out, from when on
/// it cannot write checkpoints either (<see cref="World.CheckpointWriter"/>): so no checkpoint ever lacks an event before its offset.
/// </remarks>
internal sealed partial class ListenerGrain
{
    private HashSet<long>? _own;
    private byte[] _loaded = [];
    private long _loadedThrough;
    private IGrainTimer? _watching;

    private void WatchFormerOwner()
    {
        if (silo.Node.Lost.Count > 0)
        {
            WatchFrom(_offset);
            _watching = this.RegisterGrainTimer(LookForOthersAsync, new GrainTimerCreationOptions
            {
                DueTime = world.Options.DoormanInterval,
                Period = world.Options.DoormanInterval,
                Interleave = false,
            });
        }
    }

    private void WatchFrom(long offset) => (_own, _loaded, _loadedThrough) = ([], _facts.Save(world.Catalogue), offset);

    /// <exception cref="RecommenderUnavailableException">The record still names it: ask again.</exception>
    private async ValueTask FormerOwnerIsLeftOutAsync()
    {
        if (_own is not null)
        {
            try
            {
                await silo.Node.LossesAreWrittenAsync();
            }
            catch (TimeoutException e)
            {
                throw new RecommenderUnavailableException(e.Message);
            }
        }
    }

    private async Task LookForOthersAsync()
    {
        if (_own is null || silo.Node.Lost.Count > 0)
        {
            return;
        }

        IReadOnlyList<LoggedEvent> logged;
        try
        {
            logged = await world.Store.Events.ReadUserAsync(User, _loadedThrough, CancellationToken.None);
        }
        catch (StoreException)
        {
            return; // The next look.
        }

        _watching?.Dispose();
        var own = _own;
        (_watching, _own) = (null, null);
        if (logged.All(one => own.Contains(one.Offset)))
        {
            return;
        }

        // In the order of the log, as everybody else would find them.
        var followed = Followed();
        var facts = UserTaste.Load(_loaded, world.Catalogue, world.Options.Transform);
        foreach (var one in logged)
        {
            world.Apply(facts, null, one.Event);
        }

        (_facts, _live, _offset) = (facts, null, logged[^1].Offset);
        NeedCheckpoint();
        using (var lease = Take())
        {
            Move(lease, followed);
        }

        await PushChangesAsync(null);
    }
}
