using Buddies.Engine.Buddies.Cells;
using Buddies.Engine.Catalogue;
using Buddies.Engine.Events;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Serving;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Cli.Bench;

/// <summary>
/// Many listeners and playlists in clusters: everybody is in the cells and has known tracks; some have facts, a buddy set
/// and are asked for their page.
/// </summary>
internal sealed class HomeBenchWorld : IKnownTracks, IDisposable
{
    private const int Dimension = 64;
    private const int KnownTracks = 40;
    private const int PlaylistTracks = 40;
    private const int Tracks = 100_000;
    private const double OwnCentreShare = 0.8;
    private const int LinksOfTrack = 100;
    private static readonly PlaylistRanking s_ranking = new(RankingWeights.Default with { Chosen = 0.5f, Linked = 0.5f }, 1);

    private readonly int[] _known;
    private readonly int[] _centreOf;
    private readonly int[][] _tracksOf;
    private readonly BuddyCells _cells;
    private readonly int _seed;

    public HomeBenchWorld(int users, int playlists, int asked, int seed, bool isPlain)
    {
        _seed = seed;
        var shape = new WorldShape(users, Dimension, 0, seed);
        var centres = WorldGenerator.CreateCentres(shape);
        (var vectors, _centreOf) = WorldGenerator.CreateVectors(shape, centres);
        var (factors, trackCentre) = WorldGenerator.CreateVectors(new WorldShape(Tracks, Dimension, 0, seed + 1), centres);
        _tracksOf = [.. Enumerable.Range(0, WorldShape.Centres).Select(_ => Array.Empty<int>())];
        foreach (var group in Enumerable.Range(0, Tracks).GroupBy(track => trackCentre[track]))
        {
            _tracksOf[group.Key] = [.. group];
        }

        for (var track = 0; track < Tracks; track++)
        {
            Catalogue.Upsert(new Track(new TrackId($"t{track}"), $"Track {track}", $"Artist {track / 10}", []));
        }

        _known = new int[users * KnownTracks];
        for (var user = 0; user < users; user++)
        {
            var own = _known.AsSpan(user * KnownTracks, KnownTracks);
            var random = new Random(Mix(user, 2));
            for (var i = 0; i < own.Length; i++)
            {
                own[i] = DrawTrack(_centreOf[user], random);
            }

            own.Sort();
        }

        Model = MakeModel(users, playlists, factors, isPlain);
        _cells = FillCells(users, vectors);
        Popular = [.. Enumerable.Range(0, Math.Min(500, playlists)).Select(p => new PopularPlaylist(new PlaylistIndex(p), 10_000 - p))];
        Fresh = [.. Enumerable.Range(playlists - 20, 20).Select(p => new PlaylistIndex(p))];
        var step = Math.Max(1, users / asked);
        Asked = [.. Enumerable.Range(0, asked).Select(i => MakeListener(i * step % users))];
    }

    public MusicCatalogue Catalogue { get; } = new();

    public ServingModel Model { get; }

    public IReadOnlyList<HomeBenchListener> Asked { get; }

    public IReadOnlyList<PopularPlaylist> Popular { get; }

    public IReadOnlyList<PlaylistIndex> Fresh { get; }

    public static long NowMs { get; } = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public int CopyKnownTracks(UserIndex user, Span<int> tracks)
    {
        _known.AsSpan(user.Value * KnownTracks, KnownTracks).CopyTo(tracks);
        return KnownTracks;
    }

    public int ReadBuddies(int user, Span<int> users, Span<float> similarities) => _cells.Read(user, users, similarities);

    public void Dispose() => _cells.Dispose();

    private ServingModel MakeModel(int users, int playlists, float[] factors, bool isPlain)
    {
        var random = new Random(Mix(0, 3));
        var vectors = new float[playlists * Dimension];
        var sum = new float[Dimension];
        for (var playlist = 0; playlist < playlists; playlist++)
        {
            var owner = random.Next(users);
            var tracks = Enumerable.Range(0, PlaylistTracks).Select(_ => DrawTrack(_centreOf[owner], random)).ToArray();
            Catalogue.Upsert(new Playlist(
                new PlaylistId($"p{playlist}"), $"Playlist {playlist}", new UserId($"u{owner}"), true, [.. tracks.Select(track => new TrackId($"t{track}"))], 0));
            Array.Clear(sum);
            foreach (var track in tracks)
            {
                System.Numerics.Tensors.TensorPrimitives.Add(sum, factors.AsSpan(track * Dimension, Dimension), sum);
            }

            sum.CopyTo(vectors, playlist * Dimension);
        }

        return new ServingModel(
            new SnapshotVersion(1), new FoldInParameters(1, 0.01, 0.5), Dimension, factors, [.. Enumerable.Repeat(1f, Tracks)],
            [.. Enumerable.Range(0, Tracks)], vectors, [.. Enumerable.Range(0, playlists)],
            isPlain ? null : MakeLinks(), isPlain ? null : MakeRanker(vectors, playlists, random), isPlain ? null : s_ranking);
    }

    /// <summary>Contents, and as much again that was learned of a playlist: what is computed does not depend on what the numbers are.</summary>
    private static float[] MakeRanker(float[] vectors, int playlists, Random random)
    {
        var rows = new float[playlists * (Dimension + 1)];
        for (var playlist = 0; playlist < playlists; playlist++)
        {
            var row = rows.AsSpan(playlist * (Dimension + 1), Dimension + 1);
            vectors.AsSpan(playlist * Dimension, Dimension).CopyTo(row);
            VectorKernels.Normalize(row[..Dimension]);
            for (var i = 0; i < row.Length; i++)
            {
                row[i] += 0.2f * (random.NextSingle() - 0.5f);
            }
        }

        return rows;
    }

    private TrackLinkTable MakeLinks()
    {
        var (offsets, targets) = (new long[Tracks + 1], new List<int>(Tracks * LinksOfTrack));
        var own = new SortedSet<int>();
        for (var group = 0; group < _tracksOf.Length; group++)
        {
            foreach (var track in _tracksOf[group])
            {
                offsets[track + 1] = group;
            }
        }

        for (var track = 0; track < Tracks; track++)
        {
            var random = new Random(Mix(track, 5));
            var centre = (int)offsets[track + 1];
            own.Clear();
            for (var i = 0; i < LinksOfTrack; i++)
            {
                own.Add(DrawTrack(centre, random));
            }

            targets.AddRange(own);
            offsets[track + 1] = targets.Count;
        }

        return new TrackLinkTable(offsets, [.. targets], [.. Enumerable.Repeat(0.01f, targets.Count)], new LinkParameters(targets.Count, 1, 0.5, 0.5));
    }

    private static BuddyCells FillCells(int users, float[] vectors)
    {
        const int Part = 1024;
        var map = CellTrainer.Train(vectors, Dimension, new CellOptions { Cells = Math.Max(1, 4 * (int)Math.Sqrt(users)) });
        var cells = new BuddyCells(map, 50, 94, 0.3f);
        Parallel.For(0, (users + Part - 1) / Part, part =>
        {
            for (var user = part * Part; user < Math.Min(users, (part + 1) * Part); user++)
            {
                cells.Move(user, vectors.AsSpan(user * Dimension, Dimension));
            }
        });
        return cells;
    }

    private HomeBenchListener MakeListener(int user)
    {
        var id = new UserId($"u{user}");
        var facts = new UserTaste(TasteTransform.Default);
        var random = new Random(Mix(user, 4));
        for (var i = 0; i < KnownTracks; i++)
        {
            // The last two were played just now: there is a session.
            var at = i < KnownTracks - 2 ? NowMs - random.NextInt64((long)TimeSpan.FromDays(90).TotalMilliseconds) : NowMs - 60_000;
            var track = _known[(user * KnownTracks) + random.Next(KnownTracks)];
            Play(facts, id, track, at);
        }

        for (var i = random.Next(200); i > 0; i--)
        {
            Play(facts, id, DrawTrack(_centreOf[user], random), NowMs - random.NextInt64((long)TimeSpan.FromDays(90).TotalMilliseconds));
        }

        var taste = new float[Dimension];
        LiveTaste.Derive(facts, Model, new FoldInSystem(Dimension), taste);
        VectorKernels.Normalize(taste);
        _cells.Move(user, taste);
        _cells.Activate(user);
        var seen = new SeenCards();
        for (var i = 0; i < 100; i++)
        {
            seen.Apply(EventKind.Impression, new PlaylistIndex(random.Next(Popular.Count)), NowMs - 1);
        }

        return new HomeBenchListener(user, id, facts, taste, seen);
    }

    private static void Play(UserTaste facts, UserId user, int track, long at) => facts.Apply(
        new UserEvent(new EventId("e"), user, EventKind.Listen, new TrackId($"t{track}"), null, null, null, DateTimeOffset.FromUnixTimeMilliseconds(at)),
        new TrackIndex(track),
        null);

    private int DrawTrack(int centre, Random random)
    {
        var tracks = random.NextDouble() < OwnCentreShare ? _tracksOf[centre] : [];
        return tracks.Length > 0 ? tracks[random.Next(tracks.Length)] : random.Next(Tracks);
    }

    private int Mix(int index, int stream) => unchecked((_seed * 1_000_003) + (stream * 7_919) + (index * 31));
}

/// <summary>A listener who asks for pages.</summary>
internal sealed record HomeBenchListener(int User, UserId Id, UserTaste Facts, float[] Taste, SeenCards Seen);
