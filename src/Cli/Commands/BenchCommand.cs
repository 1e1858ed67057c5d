using System.CommandLine;
using System.Globalization;
using Buddies.Cli.Bench;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies bench</c>: measures whole paths, peers beside ours on the same data in the same run.</summary>
internal static class BenchCommand
{
    private const int Dimension = 64;

    private static readonly Option<string> s_sizes = new("--n")
    {
        Description = "Numbers of listeners, with commas between: 10k,100k,1m.",
        HelpName = "N,…",
        DefaultValueFactory = _ => "10k,100k,1m",
    };

    private static readonly Option<int> s_threads = NumberOption.Whole("--threads", "Threads for our engines' moves; the peers have one.", 1, 1, 1024);
    private static readonly Option<int> s_k = NumberOption.Whole("--k", "Buddies in a list.", 50, 1, 1000);
    private static readonly Option<int> s_moves = NumberOption.Whole("--moves", "The most moves in a phase; never more than 10 for each listener.", 500_000, 1, 5_000_000);
    private static readonly Option<int> s_peerMoves = NumberOption.Whole("--peer-moves", "The most moves of a peer in a phase.", int.MaxValue, 1);
    private static readonly Option<double> s_seconds = NumberOption.Real("--seconds", "The longest that a phase takes, without building and checking.", 10, 0.1, 86_400);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Chooses the listeners and their moves.", 1, int.MinValue);
    private static readonly Option<bool> s_peers = new("--peers") { Description = "Build and run the peers in bench/peers too." };

    private static readonly Option<string?> s_peersFolder = new("--peers-dir")
    {
        Description = "The peers' sources; bench/peers in or above the working directory when absent.",
        HelpName = "DIR",
    };

    private static readonly Option<string?> s_engines = new("--engine")
    {
        Description = $"Which of ours, with commas between; all when absent: {string.Join(", ", BenchEngines.All.Select(engine => engine.Name))}.",
        HelpName = "NAME,…",
    };

    private static readonly Option<string?> s_work = new("--work")
    {
        Description = "Where the listeners and moves are written; bench in the data directory when absent.",
        HelpName = "DIR",
    };

    private static readonly Option<string> s_soakSize = new("--n")
    {
        Description = "Listeners: 10k, 100k, 1m.",
        HelpName = "N",
        DefaultValueFactory = _ => "100k",
    };

    private static readonly Option<double> s_minutes = NumberOption.Real("--minutes", "How long, without building.", 30, 0.01, 100_000);

    private static readonly Option<string> s_users = new("--users")
    {
        Description = "Listeners: 10k, 100k, 1m.",
        HelpName = "N",
        DefaultValueFactory = _ => "1m",
    };

    private static readonly Option<string> s_playlists = new("--playlists")
    {
        Description = "Playlists: 10k, 100k.",
        HelpName = "N",
        DefaultValueFactory = _ => "100k",
    };

    private static readonly Option<int> s_requests = NumberOption.Whole("--requests", "Pages to measure.", 5_000, 1, 10_000_000);

    private static readonly Option<bool> s_plain = new("--plain")
    {
        Description = "A model of factors alone: no ranker of playlists, no links.",
    };

    public static Command Create()
    {
        var buddies = new Command("buddies", "Listeners move: how many moves a second keep buddy lists true, the mover's own and everybody's.")
        {
            s_sizes, s_threads, s_k, s_moves, s_peerMoves, s_seconds, s_seed, s_peers, s_peersFolder, s_engines, s_work,
        };
        buddies.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => BuddiesAsync(parsed, cancellationToken), cancellationToken));
        var soak = new Command("soak", "Listeners wander, join and leave for a long time: do rate, recall and memory stay level?")
        {
            s_soakSize, s_minutes, s_k, s_seed,
        };
        soak.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => SoakAsync(parsed, cancellationToken), cancellationToken));
        return new Command("bench", "Measure whole paths, beside others' on the same data.")
        {
            buddies,
            soak,
            IngestBenchCommand.Create(),
            FaultBenchCommand.Create(),
            ClusterFaultBenchCommand.Create(),
            ClusterBenchCommand.Create(),
            ClusterSwapBenchCommand.Create(),
            FuzzBenchCommand.Create(),
            SwapBenchCommand.Create(),
            CreateHome(),
            BenchTrainCommand.Create(),
            ServingBenchCommand.Create(),
        };
    }

    private static async Task BuddiesAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new BuddyBenchOptions(
            [.. parsed.GetRequiredValue(s_sizes).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(size => ParseSize(size))],
            Dimension,
            parsed.GetValue(s_threads),
            parsed.GetValue(s_k),
            parsed.GetValue(s_moves),
            parsed.GetValue(s_peerMoves),
            parsed.GetValue(s_seconds),
            parsed.GetValue(s_seed),
            BenchEngines.Named(parsed.GetValue(s_engines)),
            parsed.GetValue(s_peers),
            parsed.GetValue(s_peersFolder) ?? PeerDrivers.FindSources(),
            parsed.GetValue(s_work) ?? Path.Combine(parsed.GetRequiredValue(CommonOptions.Data), "bench"));
        if (options.Sizes.Any(size => size <= options.K))
        {
            throw new UsageException($"--n: expected more listeners than the {options.K} buddies of a list, got {options.Sizes.Min():N0}.");
        }

        var report = await BuddyBench.RunAsync(options, cancellationToken);
        BenchTable.Show(report);
        ToolRunner.PrintJson(parsed, report);
    }

    private static Command CreateHome()
    {
        var home = new Command("home", "How long a page takes among many listeners and playlists, on one thread through the engine.")
        {
            s_users, s_playlists, s_requests, s_seed, s_plain,
        };
        home.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => HomeAsync(parsed, cancellationToken), cancellationToken));
        return home;
    }

    private static Task HomeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        const int FewestPlaylists = 1_000;
        var (users, playlists) = (ParseSize(parsed.GetRequiredValue(s_users), "--users"), ParseSize(parsed.GetRequiredValue(s_playlists), "--playlists"));
        if (playlists < FewestPlaylists || users < FewestPlaylists)
        {
            throw new UsageException($"--users and --playlists: expected {FewestPlaylists:N0} or more of each, got {users:N0} and {playlists:N0}.");
        }

        var report = HomeBench.Run(users, playlists, parsed.GetValue(s_requests), parsed.GetValue(s_seed), parsed.GetValue(s_plain), cancellationToken);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Requests:N0} pages of {report.MeanShelves:0.0} shelves and {report.MeanCards:0.0} cards: p50 {report.P50Ms:0.00} ms, p99 {report.P99Ms:0.00} ms, {report.PerSecond:N0}/s, {report.CpuMs:0.00} ms of CPU and {report.BytesPerRequest:N0} bytes each; {report.ScanMs:0.00} ms of it finding playlists"));
        ToolRunner.PrintJson(parsed, report);
        return Task.CompletedTask;
    }

    private static Task SoakAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new SoakOptions(
            ParseSize(parsed.GetRequiredValue(s_soakSize)), Dimension, parsed.GetValue(s_k), parsed.GetValue(s_minutes), parsed.GetValue(s_seed));
        if (CellsBenchEngine.WhyNot(new BenchSetup(options.Count, Dimension, options.K, 1, BenchPhase.All)) is { } reason)
        {
            throw new UsageException($"--k: {reason}; got {options.K}.");
        }

        if (options.Count <= options.K)
        {
            throw new UsageException($"--n: expected more listeners than the {options.K} buddies of a set, got {options.Count:N0}.");
        }

        var rows = BuddySoak.Run(options, cancellationToken);
        ToolRunner.PrintJson(parsed, new SoakReport(rows));
        return Task.CompletedTask;
    }

    /// <summary>Reads 10k as 10,000 and 1m as 1,000,000.</summary>
    private static int ParseSize(string text, string option = "--n")
    {
        var (digits, factor) = text switch
        {
            [.. var head, 'k' or 'K'] => (head, 1_000),
            [.. var head, 'm' or 'M'] => (head, 1_000_000),
            _ => (text, 1),
        };
        const int Most = 10_000_000;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && (long)number * factor <= Most
            ? number * factor
            : throw new UsageException($"{option}: expected whole numbers such as 10k,100k,1m, at most {Most:N0}, got '{text}'.");
    }
}
