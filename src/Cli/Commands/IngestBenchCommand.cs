using System.CommandLine;
using System.Globalization;
using Buddies.Cli.Bench;
using Buddies.Cli.Bench.Ingest;
using Buddies.Cli.Server;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies bench ingest</c>: events over HTTP to durable, applied and pushed.</summary>
internal static class IngestBenchCommand
{
    private static readonly Option<int> s_producers = NumberOption.Whole("--producers", "Connections, each with one batch under way.", 4, 1, 1_000);
    private static readonly Option<int> s_batch = NumberOption.Whole("--batch", "Events in a batch.", 500, 1, 10_000);
    private static readonly Option<double> s_rate = NumberOption.Real("--rate", "Events a second of all producers together; 0 for as many as the server takes.", 0, 0, 10_000_000);
    private static readonly Option<double> s_duration = NumberOption.Real("--duration", "Seconds that are measured.", 20, 1, 86_400);
    private static readonly Option<double> s_warmUp = NumberOption.Real("--warm-up", "Seconds of the same load before; a server that has just started is still being compiled.", 15, 0, 3_600);
    private static readonly Option<double> s_baseline = NumberOption.Real("--baseline", "Seconds for each of the two bare inserts; 0 for none.", 5, 0, 3_600);
    private static readonly Option<int> s_listeners = NumberOption.Whole("--listeners", "Listeners of the synthetic world.", 2_000, 2, 1_000_000);
    private static readonly Option<int> s_watch = NumberOption.Whole("--watch", "Of these, how many keep their page open; their pushes are timed.", 20, 0, 1_000);
    private static readonly Option<double> s_probes = NumberOption.Real("--probes", "Pushes a second that are timed.", 50, 0.1, 10_000);
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Chooses the world and who plays what.", 1, int.MinValue);

    private static readonly Option<bool> s_overload = new("--overload")
    {
        Description = "Offer ten times what the server takes, and check what becomes of it.",
    };

    public static Command Create()
    {
        var command = new Command("ingest", "Events over HTTP: how many a second are durable and applied, how soon acknowledged and pushed, beside plain inserts.")
        {
            s_producers, s_batch, s_rate, s_duration, s_warmUp, s_baseline, s_listeners, s_watch, s_probes, s_seed, s_overload, BenchServerOptions.Server, BenchServerOptions.Work,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new IngestBenchOptions(
            parsed.GetRequiredValue(CommonOptions.Store),
            BenchServerOptions.ConnectionOf(parsed),
            ServerLocation.Find(parsed.GetValue(BenchServerOptions.Server)),
            BenchServerOptions.WorkOf(parsed),
            parsed.GetValue(s_producers),
            parsed.GetValue(s_batch),
            parsed.GetValue(s_rate),
            TimeSpan.FromSeconds(parsed.GetValue(s_duration)),
            TimeSpan.FromSeconds(parsed.GetValue(s_warmUp)),
            TimeSpan.FromSeconds(parsed.GetValue(s_baseline)),
            parsed.GetValue(s_listeners),
            parsed.GetValue(s_watch),
            parsed.GetValue(s_probes),
            parsed.GetValue(s_seed));
        if (options.Watch >= options.Listeners)
        {
            throw new UsageException($"--watch: expected fewer than the {options.Listeners} listeners, got {options.Watch}.");
        }

        if (parsed.GetValue(s_overload))
        {
            var overload = await OverloadBench.RunAsync(options, cancellationToken);
            Show(overload);
            ToolRunner.PrintJson(parsed, overload);
            if (overload.FindFault() is { } fault)
            {
                throw new BenchFailedException(fault);
            }

            return;
        }

        var report = await IngestBench.RunAsync(options, cancellationToken);
        Show(report);
        ToolRunner.PrintJson(parsed, report);
        if (report.Rejected > 0)
        {
            throw new BenchFailedException($"{report.Rejected} events were refused or taken for known; none should have been.");
        }
    }

    private static void Show(IngestReport report) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {report.Store}: {report.AcceptedPerSecond:N0} events/s accepted, {report.AppliedPerSecond:N0}/s applied, over {report.Seconds:0.0} s from {report.Producers} producers in batches of {report.Batch}
        acknowledged within {report.AckP50Ms:0.0} ms (p99 {report.AckP99Ms:0.0}, p99.9 {report.AckP999Ms:0.0}); pushed within {report.PushP50Ms:0.0} ms (p99 {report.PushP99Ms:0.0}, p99.9 {report.PushP999Ms:0.0}) over {report.Pushes:N0} pushes, {report.PushesMissed} missed
        fresh within {report.FreshnessObjectiveMs:0} ms by the server's own probes: {report.FreshnessFresh} of {report.FreshnessFresh + report.FreshnessLate + report.FreshnessFailed} ({report.FreshnessLate} late, {report.FreshnessFailed} failed)
        {(report.BaselinePerSecond is null ? "no bare inserts" : string.Create(CultureInfo.InvariantCulture, $"bare inserts {report.BaselinePerSecond:N0}/s, with a key {report.KeyedBaselinePerSecond:N0}/s: {report.RatioToBaseline:0.00} and {report.RatioToKeyedBaseline:0.00} of them"))}
        server {report.RssBytes / 1048576.0:0} MiB (peak {report.RssPeakBytes / 1048576.0:0}), {report.ServerCpuSeconds:0.0} s of processor; this tool {report.ToolCpuSeconds:0.0} s
        {report.Conditions.Cpu}, {report.Conditions.Cores} cores shared with the producers; {report.Conditions.Store}; {report.Conditions.Runtime}; {report.Conditions.Date:yyyy-MM-dd}
        """));

    private static void Show(OverloadReport report) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {report.Store}: takes {report.CapacityPerSecond:N0} events/s; was offered {report.OfferedPerSecond:N0}/s, {report.Overload:0.0} times that, and took {report.AcceptedPerSecond:N0}/s
        {report.Refused429:N0} answers 429, {report.Unavailable503:N0} answers 503, {report.WithoutRetryAfter} without Retry-After
        obeyed: {report.ObeyedPerSecond:N0}/s taken; {report.ObeyedTaken:N0} of {report.Obeyed:N0} were taken when they came back
        {report.Accepted:N0} events accepted; {report.CountsDiffer} listeners with another count
        server {report.RssBeforeBytes / 1048576.0:0} MiB before, then by quarters at most {string.Join(", ", report.RssQuarterBytes.Select(bytes => $"{bytes / 1048576.0:0}"))} MiB
        """));
}
