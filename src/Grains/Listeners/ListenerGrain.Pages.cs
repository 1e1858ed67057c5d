using System.Numerics.Tensors;
using Buddies.Engine.Buddies;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Grains.Versions;
using Buddies.Grains.World;

namespace Buddies.Grains.Listeners;

internal sealed partial class ListenerGrain
{
    /// <summary>Buddies of a live list: as many as <c>GET …/buddies</c> gives to who asks for no number.</summary>
    private const int LiveBuddies = 20;

    private Subscriptions _subscriptions = null!;
    private PageBook _book = null!;
    private Resident? _resident;

    public async ValueTask<HomePage> HomeAsync(HomeRequest request)
    {
        world.Lease.Check();
        await FetchKnownAsync();
        await FetchVisitsAsync();
        BeginVisit(isAsked: true);
        var (page, sent, isNew) = MakePage(request);
        if (isNew)
        {
            await _subscriptions.PushAsync(request, new HomeUpdate(page, null));
        }

        world.Home?.OnSent(sent);
        return page;
    }

    public async ValueTask<BuddyList> BuddiesAsync(int count)
    {
        world.Lease.Check();
        await FetchKnownAsync();
        world.Lease.Check();
        using var lease = Take();
        return Describe(lease, count);
    }

    public async ValueTask SubscribeAsync(IHomeObserver observer, HomeRequest request, long? lastSequence)
    {
        world.Lease.Check();
        _subscriptions.Renew(observer, request);
        await FetchKnownAsync();
        await FetchVisitsAsync();
        BeginVisit(isAsked: false);
        silo.Watchers.Add(User, _resident);
        var page = MakePage(request).Page;
        var (list, sequence, _) = MakeList();

        // A number that was never given says nothing about what the client has.
        var had = lastSequence <= _book.Sequence ? lastSequence.Value : -1;
        if (page.Sequence > had || sequence > had)
        {
            await observer.PushAsync(new LivePush(
                page.Sequence > had ? new HomeUpdate(page, null) : null,
                sequence > had ? new BuddiesUpdate(list, sequence, null) : null,
                IsErased: false));
        }
    }

    public ValueTask UnsubscribeAsync(IHomeObserver observer)
    {
        _subscriptions.Remove(observer);
        StopWatchingIfAlone();
        return default;
    }

    public async ValueTask RefreshAsync()
    {
        _subscriptions.Expire();
        StopWatchingIfAlone();
        await PushChangesAsync(null);
    }

    private void StopWatchingIfAlone()
    {
        if (_subscriptions.Count == 0)
        {
            silo.Watchers.Remove(User.Value);
        }
    }

    /// <param name="accepted">A timestamp of when the listener's own event came that changed it; null where others have.</param>
    private async ValueTask PushChangesAsync(long? accepted)
    {
        if (_subscriptions.Count == 0 || !world.Lease.IsHeld)
        {
            return;
        }

        await FetchKnownAsync();
        silo.Watchers.Add(User, _resident);
        foreach (var shape in _subscriptions.Shapes)
        {
            var (page, _, isNew) = MakePage(shape);
            if (isNew)
            {
                await _subscriptions.PushAsync(shape, new HomeUpdate(page, LatencyOf(accepted)));
            }
        }

        var (list, sequence, isNewList) = MakeList();
        if (isNewList)
        {
            await _subscriptions.PushAsync(new LivePush(null, new BuddiesUpdate(list, sequence, LatencyOf(accepted)), IsErased: false));
        }
    }

    private TimeSpan? LatencyOf(long? accepted) => accepted is { } at ? world.Time.GetElapsedTime(at) : null;

    /// <summary>A page of one version, whole; nothing is awaited from here to its number.</summary>
    private (HomePage Page, SentPage? Sent, bool IsNew) MakePage(HomeRequest request)
    {
        world.Lease.Check();
        using var lease = Take();
        return _book.Number(request, Make(lease, request));
    }

    private (BuddyList List, long Sequence, bool IsNew) MakeList()
    {
        world.Lease.Check();
        using var lease = Take();
        return _book.Number(Describe(lease, LiveBuddies));
    }

    /// <summary>Derives the vector again, moves in this silo's cells, and has the others told.</summary>
    private void Move(VersionLease lease, HashSet<int> followedBefore)
    {
        float[]? moved = null;
        if (LiveTasteOf(lease) is { } live)
        {
            var dimension = lease.Version!.Model.Dimension;
            var unit = new float[dimension];
            live.Solve(new FoldInSystem(dimension), unit);
            VectorKernels.Normalize(unit);
            if (!_isAnnounced || TensorPrimitives.Distance<float>(_unit, unit) >= world.Options.MoveThreshold)
            {
                _unit = moved = unit;
            }
        }

        _isAnnounced = true;
        _resident = world.Place(lease.Version, User.Value, _offset, moved ?? []);
        world.NoteBehindBut(lease.Version, User.Value, _offset);
        if (_resident is not null)
        {
            (_resident.Known, _resident.TrackCount) = (null, _facts.TrackCount);
        }

        var followed = Followed();
        string[] more = [.. followed.Except(followedBefore).Select(IdOf)];
        string[] less = [.. followedBefore.Except(followed).Select(IdOf)];
        if (_resident is { } here && more.Length + less.Length > 0)
        {
            world.Home?.Follows.Load(new UserIndex(here.Index), _facts);
        }

        var move = new Move(User.Value, _offset, moved, more, less);
        silo.Metrics.OnUncounted(world.CountFollows(move));
        silo.Announcer.Announce(VersionOf(lease).Value, move);
    }

    /// <summary>Sees to the buddy set, and to what its buddies are known to like; few are missing once a page was made.</summary>
    private async ValueTask FetchKnownAsync()
    {
        List<NearListener> near;
        using (var lease = Take())
        {
            near = Nearest(lease, world.Options.Buddies);
        }

        await silo.Known.FetchAsync(near);
    }

    private List<NearListener> Nearest(VersionLease lease, int count)
    {
        if (!SeeToSet(lease))
        {
            return [];
        }

        var cells = lease.Version!.Cells;
        var (users, similarities) = (new int[world.Options.Buddies], new float[world.Options.Buddies]);
        var found = cells.Read(_resident!.Index, users, similarities);
        var near = new List<NearListener>(Math.Min(found, count));
        for (var i = 0; i < found && near.Count < count; i++)
        {
            // One who was erased meanwhile is nobody's buddy; nor is one who does not want to be.
            if (world.Users.Find(users[i]) is { } other && !world.Visibility.IsHidden(User, other.Id))
            {
                near.Add(new NearListener(new UserIndex(other.Index), other.Id, similarities[i]));
            }
        }

        return near;
    }

    /// <summary>The session's direction; its length says how much of a session there is.</summary>
    private float[] DeriveSession(VersionLease lease)
    {
        var dimension = lease.Version?.Model.Dimension ?? 1;
        var session = new float[dimension];
        if (lease.Version?.Model is { } model)
        {
            // A session is whole with two full plays.
            var evidence = LiveTaste.DeriveSession(
                _facts, model, world.Time.GetUtcNow().ToUnixTimeMilliseconds(), new FoldInSystem(dimension), session);
            VectorKernels.Normalize(session);
            TensorPrimitives.Multiply(session, (float)Math.Min(1, evidence / 2), session);
        }

        return session;
    }

    private HomeResult Make(VersionLease lease, HomeRequest request)
    {
        var session = DeriveSession(lease);
        var buddies = Nearest(lease, world.Options.Buddies);
        var follows = world.Home?.Follows.Of(buddies) ?? [];
        return HomeBuilder.Compose(
            new HomeInputs
            {
                User = User,
                Facts = _facts,
                Model = lease.Version?.Model,
                Catalogue = world.Catalogue,
                Taste = _unit.Length == session.Length ? _unit : new float[session.Length],
                Session = session,
                Buddies = buddies,
                Blocked = world.Visibility.HiddenFrom(User),
                Popular = world.Popular.Top,
                Known = world.Users,
                Weights = world.Options.Weights,
                ShelfModels = world.Options.ShelfModels,
                Policy = world.Home?.PolicyOf(User),
                Seed = (ulong)_visitMs,
                NowMs = world.Time.GetUtcNow().ToUnixTimeMilliseconds(),
                Discovery = _choice.Discovery,
                Seen = _visits?.Seen,
                BuddyFollows = RecentFollows.LatestOf(follows),
                PopularNear = RecentFollows.PopularAmong(follows),
                Fresh = world.Home?.Fresh.Offered ?? [],
                Played = _visits?.Played ?? [],
            },
            request,
            0);
    }

    private BuddyList Describe(VersionLease lease, int count)
    {
        var mine = new int[UserTaste.MaxTracks];
        var theirs = new int[UserTaste.MaxTracks];
        var own = mine.AsSpan(0, _facts.CopyKnownTracks(mine));
        var buddies = new List<Buddy>(count);
        foreach (var near in Nearest(lease, count))
        {
            var known = theirs.AsSpan(0, world.Users.CopyKnownTracks(near.Index, theirs));
            buddies.Add(new Buddy(near.User, near.Similarity, KnownTracksCache.CountShared(own, known)));
        }

        return new BuddyList(User, VersionOf(lease), buddies);
    }
}
