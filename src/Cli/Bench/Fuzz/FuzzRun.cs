using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace Buddies.Cli.Bench.Fuzz;

/// <summary>Sends hostile requests, several at one time.</summary>
internal static class FuzzRun
{
    /// <summary>Faults that are shown.</summary>
    public const int MostExamples = 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Sends requests number <paramref name="from"/> to <paramref name="to"/>.</summary>
    /// <param name="server">Where.</param>
    /// <param name="seed">Chooses the requests.</param>
    /// <param name="from">The first.</param>
    /// <param name="to">One beyond the last.</param>
    /// <param name="atOnce">How many at one time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<FuzzReport> RunAsync(Uri server, int seed, int from, int to, int atOnce, CancellationToken cancellationToken)
    {
        var (statuses, examples) = (new ConcurrentDictionary<int, int>(), new ConcurrentQueue<string>());
        var (faults, taken) = (0, 0L);
        var requests = new FuzzRequests(server.Authority, seed);
        var client = new FuzzClient(new IPEndPoint(IPAddress.Loopback, server.Port), s_patience);
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(from, to, options, async (number, token) =>
        {
            var request = requests.Make(number);
            var (answer, fault) = await JudgeAsync(client, request, token);
            Interlocked.Add(ref taken, FuzzJudge.TakenOf(answer));
            statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
            if (fault is not null && Interlocked.Increment(ref faults) <= MostExamples)
            {
                examples.Enqueue($"request {number} of seed {seed} ({request.Name}): {fault}");
            }
        });
        return new FuzzReport(
            to - from,
            seed,
            statuses.OrderBy(pair => pair.Key).ToDictionary(pair => pair.Key.ToString(CultureInfo.InvariantCulture), pair => pair.Value),
            taken,
            faults,
            [.. examples]);
    }

    private static async Task<(FuzzAnswer Answer, string? Fault)> JudgeAsync(FuzzClient client, FuzzRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await client.SendAsync(request, cancellationToken);
            return (answer, FuzzJudge.FindFault(request, answer));
        }
        catch (Exception e) when (e is TimeoutException or FormatException or System.Net.Sockets.SocketException)
        {
            return (FuzzAnswer.None, e.Message);
        }
    }
}
