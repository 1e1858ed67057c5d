using System.Text.Json;
using Buddies.Cli.Server;
using Buddies.Training;
using Buddies.Training.Synth;

namespace Buddies.Cli.Bench.Fuzz;

/// <summary>What <c>buddies bench fuzz</c> was asked for.</summary>
/// <param name="Store">sqlite or postgres.</param>
/// <param name="Connection">A PostgreSQL that may make databases; null for a private one.</param>
/// <param name="Server">The built server.</param>
/// <param name="WorkFolder">Where the store lies meanwhile.</param>
/// <param name="Requests">How many requests.</param>
/// <param name="Seed">Chooses them.</param>
/// <param name="AtOnce">How many at one time.</param>
internal sealed record FuzzBenchOptions(
    string Store, string? Connection, string Server, string WorkFolder, int Requests, int Seed, int AtOnce);

/// <summary>Sends hostile requests to a server of its own, and looks at its answers and at its memory.</summary>
internal static class FuzzBench
{
    /// <summary>Above what it held after a tenth of the requests: what the data sent since may take, and the collector's moods.</summary>
    private const long LevelBytes = 256L << 20;

    private const int Parts = 10;

    public static async Task<FuzzReport> RunAsync(FuzzBenchOptions options, CancellationToken cancellationToken)
    {
        await using var store = await BenchStore.CreateAsync(options.Store, options.Connection, options.WorkFolder, cancellationToken);
        await MakeWorldAsync(store, options.Seed, cancellationToken);
        await using var server = await ServerProcess.StartReadyAsync(new ServerLaunch(options.Server, store.Choice), cancellationToken);
        await RequireAllAsync(server.Url, cancellationToken);
        var (parts, memory) = (new List<FuzzReport>(), new List<long>());
        for (var part = 0; part < Parts; part++)
        {
            var (from, to) = (At(part), At(part + 1));
            parts.Add(await FuzzRun.RunAsync(server.Url, options.Seed, from, to, options.AtOnce, cancellationToken));
            if (!server.IsRunning)
            {
                throw new BenchFailedException($"The server ended somewhere in requests {from} to {to} of seed {options.Seed}:{Environment.NewLine}{server.Output}");
            }

            memory.Add(server.ReadUsage().ResidentBytes);
            Console.Error.WriteLine($"bench fuzz: {to:N0} of {options.Requests:N0} requests, {parts.Sum(p => p.Faults)} faults, server {memory[^1] >> 20} MiB");
        }

        await server.StopAsync(cancellationToken);
        return FuzzReport.Sum(parts, memory, memory[^1] - memory[0] <= LevelBytes);

        int At(int part) => (int)((long)options.Requests * part / Parts);
    }

    /// <summary>An endpoint that the server documents and no request goes to would be left out without anybody noticing.</summary>
    private static async Task RequireAllAsync(Uri server, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = server };
        using var document = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri("/openapi/v1.json", UriKind.Relative), cancellationToken));
        var missing = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"))
            .Where(operation => !FuzzRequests.Operations.Contains(operation))
            .ToList();
        if (missing.Count > 0)
        {
            throw new BenchFailedException($"No request goes to {string.Join(", ", missing)}: add them to the requests.");
        }
    }

    /// <summary>Fills a store with a world that is soon made, and a model of it.</summary>
    public static Task MakeWorldAsync(BenchStore store, int seed, CancellationToken cancellationToken) => store.MakeWorldAsync(
        new SyntheticWorldOptions
        {
            Listeners = 300,
            Tracks = 500,
            Seed = seed,
            AsOf = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
        },
        new TrainOptions(),
        cancellationToken);
}
