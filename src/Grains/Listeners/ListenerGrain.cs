using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Grains.Placement;
using Buddies.Grains.World;
using Buddies.Storage;

namespace Buddies.Grains.Listeners;

/// <summary>
/// One listener. The facts are the log's: brought back from checkpoint and tail when the grain is activated, changed only
/// by events that are durable, and saved now and then. A thin shell: the engine decides what facts and pages are.
/// </summary>
[ListenerPlacement]
internal sealed partial class ListenerGrain(SiloWorld world, SiloServices silo) : Grain, IListenerGrain, IIncomingGrainCallFilter
{
    private UserTaste _facts = null!;
    private long _offset;
    private bool _isUnsaved;
    private IGrainTimer? _saving;

    private UserId User { get; set; }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await world.CaughtUp.WaitAsync(cancellationToken);
        User = new UserId(this.GetPrimaryKeyString());
        _subscriptions = new Subscriptions(world.Time, world.Options.RenewInterval * 5, silo.Metrics);
        _book = new PageBook(FirstNumber());
        var loaded = await LoadAsync(cancellationToken);
        (_facts, _offset) = (loaded.Facts, loaded.Offset);
        Take().Dispose();
        if (loaded.IsBehind)
        {
            NeedCheckpoint(); // Whoever had them last was lost before they were saved.
        }

        WatchFormerOwner();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        silo.Watchers.Remove(User.Value);
        LetGoOfSet();
        try
        {
            await SaveAsync();
        }
        catch (StoreException)
        {
            // The log holds everything that a checkpoint would.
        }
    }

    public async ValueTask<IngestResult> AppendAsync(UserEvent[] events)
    {
        var accepted = world.Time.GetTimestamp();
        IReadOnlyList<long> offsets;
        try
        {
            await FormerOwnerIsLeftOutAsync();
            offsets = await world.AppendAsync(events);
        }
        catch (StoreException e)
        {
            // It may be in the log all the same: the next activation reads what is.
            DeactivateOnIdle();
            throw new RecommenderUnavailableException($"The event log cannot be written: {e.Message}");
        }

        world.OnTurn(events.Length);
        var followed = Followed();
        var (fresh, isMoving) = (0, false);
        using (var lease = Take())
        {
            for (var i = 0; i < events.Length; i++)
            {
                if (offsets[i] > 0)
                {
                    world.Apply(_facts, LiveTasteOf(lease), events[i]);
                    lease.Version?.Engagement.Count(events[i]);
                    _offset = offsets[i];
                    _ = _own?.Add(_offset);
                    fresh++;
                    isMoving |= world.Home is null || events[i].Kind is not (EventKind.Impression or EventKind.Click);
                    if (world.Home is { } home)
                    {
                        Learn(home, events[i], offsets[i]);
                    }
                }
            }

            if (fresh > 0)
            {
                world.OnApplied(fresh);
                NeedCheckpoint();
                Move(lease, followed);
            }
        }

        // Looking at a page, or opening a card, is no reason to make another page.
        if (isMoving)
        {
            try
            {
                await PushChangesAsync(accepted);
            }
            finally
            {
                silo.Metrics.OnApplied(fresh, world.Time.GetElapsedTime(accepted));
            }
        }

        return new IngestResult(fresh, events.Length - fresh);
    }

    /// <summary>Every call comes through here.</summary>
    public Task Invoke(IIncomingGrainCallContext context) => silo.Failures.WatchAsync(context);

    public ValueTask<TasteSummary> TasteAsync()
    {
        world.Lease.Check();
        using var lease = Take();
        return new(TasteDescriber.Describe(User, VersionOf(lease), _facts, world.Catalogue));
    }

    public ValueTask<PlaylistView?> PlaylistAsync(PlaylistId playlist) => new(
        world.Catalogue.TryFind(playlist, out var index) && world.Catalogue.Describe(index) is { } contents && !world.Visibility.AreApart(User, contents.Owner)
            ? PlaylistViewer.Show(world.Catalogue, index, world.Popular.FollowersOf(index), User, _facts)
            : null);

    public ValueTask<KnownTracks> KnownTracksAsync()
    {
        var known = new List<string>();
        foreach (ref readonly var fact in _facts.Tracks)
        {
            if (UserTaste.IsKnown(fact))
            {
                known.Add(world.Catalogue.IdOf(new TrackIndex(fact.Track)).Value);
            }
        }

        return new(new KnownTracks([.. known], _facts.TrackCount, _offset));
    }

    public async ValueTask SaveNowAsync()
    {
        try
        {
            await SaveAsync();
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The store cannot be written: {e.Message}");
        }
    }

    /// <summary>Above every number of a former activation, on any silo, as long as clocks differ by less than a silo's failure takes to be noticed.</summary>
    private long FirstNumber() => world.Time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;

    /// <summary>What the store throws does not travel: it names the driver's own failures.</summary>
    private async Task<LoadedFacts> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await world.LoadFactsAsync(User, cancellationToken);
        }
        catch (StoreException e)
        {
            throw new RecommenderUnavailableException($"The listener's facts cannot be read: {e.Message}");
        }
    }

    private HashSet<int> Followed()
    {
        var followed = new HashSet<int>();
        foreach (ref readonly var fact in _facts.Playlists)
        {
            if ((fact.Marks & FactMarks.Followed) != 0)
            {
                followed.Add(fact.Playlist);
            }
        }

        return followed;
    }

    private void NeedCheckpoint()
    {
        _isUnsaved = true;
        _saving ??= this.RegisterGrainTimer(SaveInTimeAsync, new GrainTimerCreationOptions
        {
            DueTime = world.Options.CheckpointDelay,
            Period = world.Options.CheckpointDelay,
            Interleave = false,
        });
    }

    private async Task SaveInTimeAsync()
    {
        _saving?.Dispose();
        _saving = null;
        try
        {
            await SaveAsync();
        }
        catch (StoreException)
        {
            NeedCheckpoint();
        }
    }

    private async Task SaveAsync()
    {
        if (_isUnsaved)
        {
            if (_own is not null)
            {
                throw new StoreException("A former owner of this listener may still append.");
            }

            _isUnsaved = false;
            try
            {
                await silo.Checkpoints.SaveAsync(new UserCheckpoint(User, _facts.Save(world.Catalogue), _offset));
            }
            catch
            {
                _isUnsaved = true;
                throw;
            }
        }
    }
}
