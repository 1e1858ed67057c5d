using System.Diagnostics;
using System.Numerics.Tensors;
using Buddies.Engine.Bandits;
using Buddies.Engine.Home;
using Buddies.Engine.Identifiers;
using Buddies.Engine.Ranking;
using Buddies.Engine.Taste;
using Buddies.Engine.Vectors;

namespace Buddies.Cli.Bench;

/// <summary>Makes pages one after the other, as a partition would: session, buddy set, every shelf, draws and what is logged of them.</summary>
internal static class HomeBench
{
    private const int Listeners = 1_000;
    private const int WarmUp = 300;
    private const int Buddies = 50;
    private const int NearestPlaylists = 256;

    public static HomeBenchReport Run(int users, int playlists, int requests, int seed, bool isPlain, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        using var world = new HomeBenchWorld(users, playlists, Math.Min(Listeners, users), seed, isPlain);
        var buildSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.Error.WriteLine($"bench: {users:N0} listeners, {playlists:N0} playlists in {buildSeconds:0.0} s");
        var worker = new Worker(world);
        for (var i = 0; i < WarmUp; i++)
        {
            worker.Page(i);
        }

        var (times, scans) = (new double[requests], new double[Math.Min(requests, 200)]);
        var (shelves, cards) = (0L, 0L);
        GC.Collect();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var cpu = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < requests; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = Stopwatch.GetTimestamp();
            var page = worker.Page(WarmUp + i).Page;
            times[i] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            shelves += page.Shelves.Count;
            foreach (var shelf in page.Shelves)
            {
                cards += shelf.Cards.Count;
            }
        }

        cpu = Environment.CpuUsage.TotalTime - cpu;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        for (var i = 0; i < scans.Length; i++)
        {
            scans[i] = worker.Scan(i);
        }

        var total = times.Sum();
        Array.Sort(times);
        Array.Sort(scans);
        return new HomeBenchReport(
            users,
            playlists,
            requests,
            At(times, 0.5),
            At(times, 0.99),
            times[^1],
            requests / total * 1000,
            cpu.TotalMilliseconds / requests,
            allocated / (double)requests,
            shelves / (double)requests,
            cards / (double)requests,
            At(scans, 0.5),
            buildSeconds,
            BenchConditions.CpuName(),
            seed,
            !isPlain);
    }

    private static double At(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    private sealed class Worker(HomeBenchWorld world)
    {
        private readonly FoldInSystem _system = new(world.Model.Dimension);
        private readonly int[] _users = new int[Buddies];
        private readonly float[] _similarities = new float[Buddies];
        private readonly HomePolicy _policy = new("bench", new PolicyLearner(RankingWeights.Default).MakeState());

        public HomeResult Page(int request)
        {
            var listener = world.Asked[request % world.Asked.Count];
            var session = DeriveSession(listener);
            var found = world.ReadBuddies(listener.User, _users, _similarities);
            var buddies = new List<NearListener>(found);
            var follows = new List<BuddyFollow>(found);
            for (var i = 0; i < found; i++)
            {
                var id = new UserId($"u{_users[i]}");
                buddies.Add(new NearListener(new UserIndex(_users[i]), id, _similarities[i]));
                follows.Add(new BuddyFollow(new PlaylistIndex(_users[i] % world.Model.TrackCount % 1_000), id, HomeBenchWorld.NowMs - 1));
            }

            return HomeBuilder.Compose(
                new HomeInputs
                {
                    User = listener.Id,
                    Facts = listener.Facts,
                    Model = world.Model,
                    Catalogue = world.Catalogue,
                    Taste = listener.Taste,
                    Session = session,
                    Buddies = buddies,
                    Popular = world.Popular,
                    Known = world,
                    Policy = _policy,
                    Seed = (ulong)request,
                    NowMs = HomeBenchWorld.NowMs,
                    Seen = listener.Seen,
                    BuddyFollows = follows,
                    PopularNear = [.. follows.Take(20).Select(follow => new PopularPlaylist(follow.Playlist, 3))],
                    Fresh = world.Fresh,
                },
                HomeRequest.Default,
                request);
        }

        /// <summary>Time of the two searches alone, milliseconds.</summary>
        public double Scan(int request)
        {
            var listener = world.Asked[request % world.Asked.Count];
            var session = DeriveSession(listener);
            var (found, scores) = (new int[NearestPlaylists], new float[NearestPlaylists]);
            var from = Stopwatch.GetTimestamp();
            world.Model.FindPlaylists(listener.Taste, found, scores);
            world.Model.FindPlaylists(session, found, scores);
            return Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        }

        private float[] DeriveSession(HomeBenchListener listener)
        {
            var session = new float[world.Model.Dimension];
            var evidence = LiveTaste.DeriveSession(listener.Facts, world.Model, HomeBenchWorld.NowMs, _system, session);
            VectorKernels.Normalize(session);
            TensorPrimitives.Multiply(session, (float)Math.Min(1, evidence / 2), session);
            return session;
        }
    }
}
