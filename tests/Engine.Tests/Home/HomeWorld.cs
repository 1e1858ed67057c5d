using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Tests.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Engine.Tests.Home;

/// <summary>
/// Forty tracks of ten artists: t0 to t19 rock, t20 to t39 jazz; the last artist's four are undescribed. Listener u;
/// b a near buddy, c a distant one, d too far to quote.
/// </summary>
internal sealed class HomeWorld : IKnownTracks
{
    public const int Tracks = 40;
    public const int Dimension = 4;
    public static readonly UserId User = new("u");

    private readonly Dictionary<int, int[]> _known = new()
    {
        [1] = [0, 1, 2, 5, 9, 12, 38],
        [2] = [20, 21, 36],
    };

    public HomeWorld(bool describeTracks = true)
    {
        for (var i = 0; i < Tracks; i++)
        {
            Catalogue.Intern(new TrackId($"t{i}"));
            if (describeTracks && i < 36)
            {
                Catalogue.Upsert(new Track(new TrackId($"t{i}"), $"Track {i}", $"Artist {i / 4}", [i < 20 ? "rock" : "jazz", $"tag {i / 8}"]));
            }
        }

        Model = new ServingModel(
            new SnapshotVersion(7), new FoldInParameters(1, 1, 0.5), Dimension, MakeFactors(), [.. Enumerable.Repeat(1f, Tracks)], [.. Enumerable.Range(0, Tracks)]);
        Add("b-rock-1", "b", 3, Range(0, 8));
        Add("b-rock-2", "b", 0, Range(4, 8));
        Add("b-rock-3", "b", 1, Range(8, 8));
        Add("b-secret", "b", 99, Range(0, 4), isPublic: false);
        Add("b-empty", "b", 5, []);
        Add("c-jazz", "c", 2, Range(20, 8));
        Add("c-mixed", "c", 0, Range(16, 8));
        Add("d-followed", "d", 1204, Range(30, 8));
        Add("d-quiet", "d", 0, [39]);
        Add("mine", "u", 50, Range(0, 12));
    }

    public MusicCatalogue Catalogue { get; } = new();

    public ServingModel Model { get; private set; }

    public ShelfModels ShelfModels { get; set; } = ShelfModels.None;

    public UserTaste Facts { get; } = new(TasteTransform.Default);

    public List<NearListener> Near { get; } =
        [new(new UserIndex(1), new UserId("b"), 0.8349f), new(new UserIndex(2), new UserId("c"), 0.4f), new(new UserIndex(3), new UserId("d"), 0.05f)];

    public RankingWeights Weights { get; set; } = RankingWeights.Default;

    public HomePolicy? Policy { get; set; }

    public ulong Seed { get; set; } = 1;

    public double Discovery { get; set; } = 0.5;

    public SeenCards Seen { get; } = new();

    public HashSet<UserId> Blocked { get; } = [];

    public List<BuddyFollow> Follows { get; } = [];

    public List<PopularPlaylist> PopularNear { get; } = [];

    public List<PlaylistIndex> Fresh { get; } = [];

    public List<PlayedPlaylist> Played { get; } = [];

    /// <summary>A minute after the newest event.</summary>
    public long NowMs => Math.Max(Facts.NewestAtMs, TasteWorld.TrackEvent(EventKind.Listen, 0, TimeSpan.Zero).OccurredAt.ToUnixTimeMilliseconds()) + 60_000;

    public static IEnumerable<int> Range(int from, int count) => Enumerable.Range(from, count);

    public void Add(string id, string owner, int followers, IEnumerable<int> tracks, bool isPublic = true)
    {
        Catalogue.Upsert(new Playlist(
            new PlaylistId(id), $"Title of {id}", new UserId(owner), isPublic, [.. tracks.Select(track => new TrackId($"t{track}"))], followers));
        Catalogue.TryFind(new PlaylistId(id), out var index);
        Model.Place(index, Catalogue.Describe(index)!, TasteTransform.Default, new FoldInSystem(Dimension));
    }

    public void Apply(EventKind kind, params int[] tracks)
    {
        foreach (var track in tracks)
        {
            Facts.Apply(TasteWorld.TrackEvent(kind, track, TimeSpan.Zero), new TrackIndex(track), null);
        }
    }

    public void HidePlaylist(string id) => Mark(EventKind.Hide, id);

    public void Mark(EventKind kind, string id) =>
        Facts.Apply(TasteWorld.PlaylistEvent(kind, 0, TimeSpan.Zero), null, IndexOf(id));

    public PlaylistIndex IndexOf(string id)
    {
        Assert.True(Catalogue.TryFind(new PlaylistId(id), out var index), $"No playlist {id}.");
        return index;
    }

    public HomePage Build(HomeRequest? request = null, bool withSession = true) => Compose(request, withSession).Page;

    public HomeResult Compose(HomeRequest? request = null, bool withSession = true)
    {
        var system = new FoldInSystem(Dimension);
        var (taste, session) = (new float[Dimension], new float[Dimension]);
        LiveTaste.Derive(Facts, Model, system, taste);
        VectorKernels.Normalize(taste);
        if (withSession)
        {
            LiveTaste.DeriveSession(Facts, Model, Facts.NewestAtMs, system, session);
            VectorKernels.Normalize(session);
        }

        var popular = Enumerable.Range(0, Catalogue.PlaylistCount)
            .Select(i => (Index: new PlaylistIndex(i), Contents: Catalogue.Describe(new PlaylistIndex(i))!))
            .Where(pair => pair.Contents.IsPublic)
            .Select(pair => new PopularPlaylist(pair.Index, pair.Contents.Followers))
            .OrderByDescending(p => p.Followers).ThenBy(p => Catalogue.IdOf(p.Playlist).Value, StringComparer.Ordinal)
            .ToArray();
        return HomeBuilder.Compose(
            new HomeInputs
            {
                ShelfModels = ShelfModels,
                User = User, Facts = Facts, Model = Model, Catalogue = Catalogue, Taste = taste, Session = session,
                Buddies = Near, Popular = popular, Known = this, Weights = Weights,
                Policy = Policy, Seed = Seed, Discovery = Discovery, NowMs = NowMs, Seen = Seen, Blocked = Blocked,
                BuddyFollows = Follows, PopularNear = PopularNear, Fresh = Fresh, Played = Played,
            },
            request ?? HomeRequest.Default,
            sequence: 42);
    }

    /// <summary>The same model with a ranker of playlists, with links, or with both.</summary>
    /// <param name="ranking">How it ranks.</param>
    /// <param name="seed">Of what was learned of the playlists and of the links.</param>
    /// <param name="withRanker">Whether there is a ranker.</param>
    public void RankBy(PlaylistRanking? ranking, int seed = 1, bool withRanker = true)
    {
        var random = new Random(seed);
        int[] playlists = [.. Enumerable.Range(0, Catalogue.PlaylistCount).Where(i => Model.PlaylistVector(i).Length > 0)];
        float[] vectors = [.. playlists.SelectMany(i => Model.PlaylistVector(i).ToArray())];
        var rows = new float[playlists.Length * (Dimension + 1)];
        for (var row = 0; row < playlists.Length; row++)
        {
            for (var i = 0; i <= Dimension; i++)
            {
                rows[(row * (Dimension + 1)) + i] = (i < Dimension ? vectors[(row * Dimension) + i] : 0) + (random.NextSingle() - 0.5f);
            }
        }

        var links = new TrackLinkTable(
            [.. Enumerable.Range(0, Tracks + 1).Select(i => 2L * i)],
            [.. Enumerable.Range(0, Tracks).SelectMany(i => new[] { Math.Min(i, Tracks - 2), Math.Min(i, Tracks - 2) + 1 })],
            [.. Enumerable.Range(0, 2 * Tracks).Select(_ => random.NextSingle())],
            new LinkParameters(2 * Tracks, 1, 0, 0.5));
        Model = new ServingModel(
            Model.Version, Model.Parameters, Dimension, Model.TrackFactors.ToArray(), Model.TrackWeights.ToArray(), [.. Range(0, Tracks)], vectors, playlists,
            links, withRanker ? rows : null, ranking);
    }

    public int[] KnownOf(UserId owner) => _known[Near.Single(near => near.User == owner).Index.Value];

    public int CopyKnownTracks(UserIndex user, Span<int> tracks)
    {
        _known.GetValueOrDefault(user.Value, []).CopyTo(tracks);
        return _known.GetValueOrDefault(user.Value, []).Length;
    }

    /// <summary>One axis for rock, one for jazz, and a little of its own for each artist.</summary>
    private static float[] MakeFactors()
    {
        var factors = new float[Tracks * Dimension];
        for (var i = 0; i < Tracks; i++)
        {
            factors[(i * Dimension) + (i < 20 ? 0 : 1)] = 1;
            factors[(i * Dimension) + 2] = 0.1f * MathF.Sin(i / 4);
            factors[(i * Dimension) + 3] = 0.1f * MathF.Cos(i / 4);
        }

        return factors;
    }
}
