using System.CommandLine;
using System.Globalization;
using Buddies.Cli.Replay;
using Buddies.Cli.Server;
using Buddies.Storage;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies replay</c>: a history goes through the door of a running server, as it happened or faster.</summary>
internal static class ReplayCommand
{
    private static readonly Argument<string?> s_file = new("FILE")
    {
        Description = "Events, one JSON object a line as POST /v1/events takes them, .gz too; the store's own history when absent.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string> s_server = new("--server", "--url")
    {
        Description = "A running server.",
        HelpName = "URL",
        DefaultValueFactory = _ => "http://127.0.0.1:5080",
    };

    private static readonly Option<double> s_speed = NumberOption.Real("--speed", "How many times as fast as it happened; 0 for as fast as the server takes it.", 1, 0);
    private static readonly Option<int> s_batch = NumberOption.Whole("--batch", "Most events in a batch.", 1_000, 1, 10_000);
    private static readonly Option<int> s_limit = NumberOption.Whole("--limit", "Only the first so many events; 0 for all.", 0, 0);
    private static readonly Option<int> s_plays = NumberOption.Whole("--plays", "A row that stands for several plays is sent as at most so many events.", 1, 1, 1_000_000);
    private static readonly Option<double> s_patience = NumberOption.Real("--patience", "Seconds for which a server that does not answer any more is tried again.", 300, 0, 86_400);
    private static readonly Option<bool> s_strict = new("--strict") { Description = "Stop at the first line of FILE that is no event, before anything is sent." };
    private static readonly Option<DateTimeOffset?> s_from = AsOfOption.Create("--from", "Only events at this time or later: goes on where a replay was stopped.");
    private static readonly Option<DateTimeOffset?> s_to = AsOfOption.Create("--to", "Only events before this time.");

    public static Command Create()
    {
        var command = new Command("replay", "Send a history through a running server's door, in its own order and timing or a multiple of it.")
        {
            s_file, s_server, s_speed, s_batch, s_limit, s_from, s_to, s_plays, s_patience, s_strict,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => RunAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(parsed.GetRequiredValue(s_server), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new UsageException($"--server: expected an http address, got '{parsed.GetValue(s_server)}'.");
        }

        using var history = new SortedHistory();
        var source = new HistorySource(history, parsed.GetValue(s_from), parsed.GetValue(s_to));
        await ReadAsync(parsed, source, cancellationToken);
        var limit = parsed.GetValue(s_limit);
        var events = limit > 0 ? Math.Min(limit, history.Count) : history.Count;
        Console.Error.WriteLine($"replay: {events:N0} events");
        using var door = new EventDoor(url);
        var replayer = new Replayer(
            door.PostAsync,
            new ReplayOptions(parsed.GetValue(s_speed), parsed.GetValue(s_batch), TimeSpan.FromSeconds(parsed.GetValue(s_patience))),
            TimeProvider.System);
        var display = new ReplayDisplay(events);
        try
        {
            await replayer.RunAsync(limit > 0 ? history.Read().Take(limit) : history.Read(), display.Show, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // What was sent is sent; the report says how far it came.
        }

        var report = replayer.Report with
        {
            Events = events,
            PlaysLeftOut = source.PlaysLeftOut,
            BadLines = source.BadLines,
            FirstBadLine = source.FirstBadLine,
            Seconds = display.Seconds,
        };
        Show(report);
        ToolRunner.PrintJson(parsed, report);
        if (!report.IsComplete)
        {
            throw new IOException(report.LastAt is { } last ? $"Stopped. To go on: --from {Format(last)}" : "Stopped before anything was sent.");
        }
    }

    private static async Task ReadAsync(ParseResult parsed, HistorySource source, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(s_file) is { } file)
        {
            await source.ReadFileAsync(file, parsed.GetValue(s_strict), cancellationToken);
            return;
        }

        // Looking for a history must not leave an empty database behind.
        var data = parsed.GetRequiredValue(CommonOptions.Data);
        if (parsed.GetRequiredValue(CommonOptions.Store) == StoreChoice.Sqlite && !File.Exists(Path.Combine(data, "buddies.db")))
        {
            throw new UsageException($"There is no history in {Path.GetFullPath(data)}: import one, or name a FILE.");
        }

        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        await source.ReadAsync(store.Events, parsed.GetValue(s_plays), cancellationToken);
    }

    private static void Show(ReplayReport report)
    {
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Sent:N0} of {report.Events:N0} events sent in {report.Seconds:0.0} s: {report.Accepted:N0} new, {report.Duplicates:N0} known, {report.Rejected:N0} rejected{(report.FirstError is { } error ? $" (first: {error})" : "")}; told to wait {report.ToldToWait} times, no answer {report.NoAnswer} times"));
        if (report.PlaysLeftOut > 0)
        {
            Console.Error.WriteLine($"{report.PlaysLeftOut:N0} plays stand in rows for several and were not sent one by one; see --plays");
        }

        if (report.BadLines > 0)
        {
            Console.Error.WriteLine($"{report.BadLines:N0} lines are no events; {report.FirstBadLine}");
        }
    }

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
