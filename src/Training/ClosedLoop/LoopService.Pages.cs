using System.Numerics.Tensors;
using Buddies.Engine.Bandits;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;
using Buddies.Training.Synth;

namespace Buddies.Training.ClosedLoop;

internal sealed partial class LoopService
{
    private const int PageShelves = 6;
    private const int PageCards = 10;
    private const double SeenCap = 6;
    private const double FullSession = 2;

    private static readonly HomeRequest s_request = new(PageShelves, PageCards, []);

    /// <summary>What a listener is shown: shelves of playlists from the top.</summary>
    public List<List<PlaylistIndex>> Home(int user, long nowMs, long sequence)
    {
        if (_kind is LoopPolicy.Popularity or LoopPolicy.Random)
        {
            return Cut(HomeBuilder.Build(BaselineInputs(user, sequence), CappedRequest(user, nowMs), sequence));
        }

        var result = HomeBuilder.Compose(Inputs(user, nowMs, sequence), _kind == LoopPolicy.Fixed ? CappedRequest(user, nowMs) with { Shelves = PageShelves, Cards = PageCards } : s_request, sequence);
        if (result.Shown is { } shown)
        {
            _join.OnShown(shown);
        }

        return [.. result.Page.Shelves.Select(shelf => shelf.Cards.Select(card => IndexOf(card.Playlist)).ToList())];
    }

    private HomeInputs Inputs(int user, long nowMs, long sequence)
    {
        var session = new float[_world.Options.Dimension];
        if (_model is not null)
        {
            // Where vectors are frozen, the session is that of the night before: nothing of it is left.
            var evidence = LiveTaste.DeriveSession(_facts[user], _model, nowMs, _system!, session);
            VectorKernels.Normalize(session);
            TensorPrimitives.Multiply(session, (float)Math.Min(1, evidence / FullSession), session);
        }

        var near = NearestTo(user);
        return new HomeInputs
        {
            User = SyntheticWorld.ListenerId(user),
            Facts = _facts[user],
            Model = _model,
            Catalogue = Catalogue,
            Taste = _units[user],
            Session = session,
            Buddies = near,
            Popular = _popular,
            Known = this,
            Policy = PolicyOf(),
            Seed = Draws.Mix((ulong)sequence + ((ulong)(uint)_world.Options.Seed << 32)),
            NowMs = nowMs,
            Seen = _seen[user],
            BuddyFollows = [.. near.SelectMany(buddy => _follows[buddy.Index.Value]).OrderByDescending(follow => follow.AtMs).Take(100)],
            PopularNear = NearPopular(near),
            Fresh = FreshPlaylists(),
            Played = _played[user],
        };
    }

    private HomePolicy? PolicyOf() => _kind switch
    {
        LoopPolicy.Fixed => null,
        LoopPolicy.NoExploration => new HomePolicy("no-exploration", _state) { Exploration = 0, Epsilon = 0, UniformShare = 0, HasNewShelf = false, SeenCap = SeenCap },
        _ => new HomePolicy("product", _state) { SeenCap = SeenCap },
    };

    private List<NearListener> NearestTo(int user)
    {
        var near = new List<NearListener>(Buddies);
        var found = _cells is { } cells && cells.IsResident(user) ? cells.Read(user, _nearUsers, _nearSimilarities) : 0;
        for (var i = 0; i < found; i++)
        {
            near.Add(new NearListener(new UserIndex(_nearUsers[i]), SyntheticWorld.ListenerId(_nearUsers[i]), _nearSimilarities[i]));
        }

        return near;
    }

    /// <summary>Playlists that two buddies or more follow.</summary>
    private List<PopularPlaylist> NearPopular(List<NearListener> near) =>
    [
        .. near.SelectMany(buddy => _follows[buddy.Index.Value].Select(follow => follow.Playlist).Distinct())
            .CountBy(playlist => playlist)
            .Where(pair => pair.Value > 1)
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Value)
            .Take(50)
            .Select(pair => new PopularPlaylist(pair.Key, pair.Value)),
    ];

    private List<PlaylistIndex> FreshPlaylists()
    {
        var fresh = new List<PlaylistIndex>();
        for (var i = 0; i < _impressions.Length; i++)
        {
            if (_world.PublishedOn(i) > 0 && _impressions[i] < FairImpressions && Catalogue.Describe(new PlaylistIndex(i)) is { IsPublic: true })
            {
                fresh.Add(new PlaylistIndex(i));
            }
        }

        return fresh;
    }

    /// <summary>Without a model the fixed page is the given list behind the same filters.</summary>
    private HomeInputs BaselineInputs(int user, long sequence)
    {
        var shown = _popular;
        if (_kind == LoopPolicy.Random)
        {
            var shuffled = _popular.ToArray();
            Seeds.For(_world.Options.Seed, 102, (int)sequence).Shuffle(shuffled);
            shown = shuffled;
        }

        return new HomeInputs
        {
            User = SyntheticWorld.ListenerId(user),
            Facts = _facts[user],
            Model = null,
            Catalogue = Catalogue,
            Taste = [0],
            Session = [0],
            Buddies = [],
            Popular = shown,
            Known = this,
        };
    }

    /// <summary>The frequency cap, which only a policy has by itself.</summary>
    private HomeRequest CappedRequest(int user, long nowMs)
    {
        var capped = new List<PlaylistId>();
        for (var i = 0; i < _impressions.Length; i++)
        {
            if (_seen[user].CountOf(new PlaylistIndex(i), nowMs) >= SeenCap)
            {
                capped.Add(Catalogue.IdOf(new PlaylistIndex(i)));
            }
        }

        return new HomeRequest(1, PageShelves * PageCards, capped);
    }

    private List<List<PlaylistIndex>> Cut(HomePage page) =>
        [.. page.Shelves.SelectMany(shelf => shelf.Cards).Select(card => IndexOf(card.Playlist)).Chunk(PageCards).Select(chunk => chunk.ToList())];

    private PlaylistIndex IndexOf(PlaylistId playlist) => Catalogue.TryFind(playlist, out var index)
        ? index
        : throw new InvalidOperationException($"Home shows {playlist}, which the catalogue does not know.");

    /// <summary>Followers, and those who opened it of late, most first.</summary>
    private void CountPopularity()
    {
        var followers = new double[_impressions.Length];
        foreach (var follow in _follows.SelectMany(follows => follows.DistinctBy(follow => follow.Playlist)))
        {
            followers[follow.Playlist.Value]++;
        }

        _popular =
        [
            .. Enumerable.Range(0, followers.Length)
                .Where(playlist => Catalogue.Describe(new PlaylistIndex(playlist)) is { IsPublic: true })
                .Select(playlist => new PopularPlaylist(new PlaylistIndex(playlist), (int)Math.Round(followers[playlist] + _recentListeners[playlist])))
                .OrderByDescending(popular => popular.Followers).ThenBy(popular => popular.Playlist.Value),
        ];
    }
}
