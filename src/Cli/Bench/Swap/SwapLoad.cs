using Buddies.Engine.Snapshots;
using Buddies.Training.Facts;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Swap;

/// <summary>Readers, listeners who listen and ask, and live pages, every answer of which is compared with what it has to be.</summary>
/// <param name="streams">Live pages that are watched.</param>
/// <param name="readsPerSecond">Pages and lists of buddies asked for, all listeners together.</param>
/// <param name="eventsPerSecond">Events sent, all probes together.</param>
/// <param name="seed">Chooses who does what.</param>
/// <param name="resumes">Whether a stream that ends is opened again where it ended; else it has failed.</param>
internal sealed class SwapLoad(int streams, double readsPerSecond, double eventsPerSecond, int seed, bool resumes = false)
{
    private const int Probes = 40;
    private const int Readers = 8;
    private const int Silent = 400;

    /// <summary>Begins; each task ends when it is told to.</summary>
    /// <param name="http">The way to the server.</param>
    /// <param name="listeners">Listeners of the world.</param>
    /// <param name="trackCount">Tracks of the world.</param>
    /// <param name="snapshot">The first version.</param>
    /// <param name="facts">Everybody's facts as of its training.</param>
    /// <param name="tally">Counts.</param>
    /// <param name="watch">Knows who was shown which version.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public List<Task> Start(
        HttpClient http, int listeners, int trackCount, Snapshot snapshot, FactSet facts, SwapTally tally, VersionWatch watch, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var movers = Enumerable.Range(0, Math.Min(Probes, listeners / 4)).Select(i => SyntheticWorld.ListenerId(i * 3).Value).ToArray();
        var oracle = new SwapOracle(snapshot, facts.Catalogue, movers);
        var factsOf = Enumerable.Range(0, facts.Users.Count)
            .Where(user => movers.Contains(facts.Users[user].Value, StringComparer.Ordinal))
            .ToDictionary(user => facts.Users[user].Value, user => facts.Tastes[user], StringComparer.Ordinal);
        string[] tracks = [.. Enumerable.Range(0, trackCount).Select(track => SyntheticWorld.TrackId(track).Value)];
        var isMover = movers.ToHashSet(StringComparer.Ordinal);
        var silent = new List<(string Id, int Row)>();
        for (var i = 0; i < Math.Min(Silent, snapshot.UserCount); i++)
        {
            var row = random.Next(snapshot.UserCount);
            var id = snapshot.UserId(row).Value;
            if (!isMover.Contains(id))
            {
                silent.Add((id, row));
            }
        }

        var tasks = new List<Task>();
        for (var i = 0; i < Readers; i++)
        {
            var reader = new SwapReader(http, oracle, tally, watch, silent, seed + i);
            tasks.Add(Task.Run(() => reader.RunAsync(TimeSpan.FromSeconds(Readers / readsPerSecond), cancellationToken), CancellationToken.None));
        }

        for (var i = 0; i < movers.Length; i++)
        {
            var probe = new SwapProbe(http, oracle, tally, watch, movers[i], factsOf[movers[i]], tracks, seed + 1000 + i);
            tasks.Add(Task.Run(() => probe.RunAsync(TimeSpan.FromSeconds(movers.Length / eventsPerSecond), cancellationToken), CancellationToken.None));
        }

        for (var i = 0; i < streams; i++)
        {
            // Half of the streams watch those who listen, whose numbers are in motion.
            var ofMover = i % 2 == 0;
            var (id, row) = ofMover ? (movers[i / 2 % movers.Length], -1) : silent[i % silent.Count];
            var vector = ofMover ? null : oracle.TrainedVectorOf(row);
            var stream = new SwapStream(http, tally, watch, resumes, id, vector is null ? null : answer => oracle.Compare(vector, answer));
            tasks.Add(Task.Run(() => stream.RunAsync(cancellationToken), CancellationToken.None));
        }

        return tasks;
    }
}
