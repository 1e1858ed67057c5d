using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Buddies.Cli.Doorman;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies doorman</c>: what a running server serves, and which version it is to serve next.</summary>
internal static class DoormanCommand
{
    private static readonly Option<string> s_server = new("--server")
    {
        Description = "A running server.",
        HelpName = "URL",
        DefaultValueFactory = _ => "http://127.0.0.1:5080",
        Recursive = true,
    };

    private static readonly Option<string> s_why = new("--why") { Description = "For the journal.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
    private static readonly Option<string?> s_acceptLower = new("--accept-lower-recall")
    {
        Description = "Let it through although its recall is below the current version's, for this reason; every other gate stands.",
        HelpName = "WHY",
    };

    private static readonly Option<bool> s_noWait = new("--no-wait") { Description = "Return as soon as the request is durable, not when it is done." };
    private static readonly Option<double> s_percent = NumberOption.Real("--percent", "Share of the listeners, above 0 and below 100.", 10, 0.01, 99.99);
    private static readonly Option<int> s_limit = NumberOption.Whole("--last", "How many entries.", 50, 1, 1000);
    private static readonly Argument<int> s_version = new("VERSION") { Description = "The version's number." };
    private static readonly Option<int?> s_to = new("--to") { Description = "The version to go back to; the former one when absent.", HelpName = "VERSION" };

    public static Command Create()
    {
        var status = new Command("status", "Every version and its state, what is under way, how the canary does.");
        status.SetAction((parsed, token) => RunAsync(parsed, client => ShowAsync(parsed, client, token), token));
        var journal = new Command("journal", "Who let which version in, when and why.") { s_limit };
        journal.SetAction((parsed, token) => RunAsync(parsed, client => ShowJournalAsync(parsed, client, token), token));
        var rollback = new Command("rollback", "Go back to a version that was current before.") { s_to, s_why, s_noWait };
        rollback.SetAction((parsed, token) => RunAsync(parsed, client => RollBackAsync(parsed, client, token), token));
        var canary = OfVersion("canary", "Put a share of the listeners on a version.");
        canary.Options.Add(s_percent);
        var validate = OfVersion("validate", "Judge a version by the gates.");
        validate.Options.Add(s_acceptLower);
        var promote = OfVersion("promote", "Put everybody on a version.");
        promote.Options.Add(s_acceptLower);
        return new Command("doorman", "Let model versions in and out of a running server.")
        {
            s_server,
            status,
            journal,
            validate,
            canary,
            promote,
            OfVersion("reject", "Turn a version away."),
            rollback,
        };
    }

    private static Command OfVersion(string name, string description)
    {
        var command = new Command(name, description) { s_version, s_why, s_noWait };
        command.SetAction((parsed, token) => RunAsync(parsed, client => AskAsync(parsed, client, name, token), token));
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, Func<DoormanClient, Task> work, CancellationToken cancellationToken) => ToolRunner.RunAsync(
        async () =>
        {
            if (!Uri.TryCreate(parsed.GetRequiredValue(s_server), UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            {
                throw new UsageException($"--server: expected an http address, got '{parsed.GetValue(s_server)}'.");
            }

            using var client = new DoormanClient(server);
            await work(client);
        },
        cancellationToken);

    private static async Task AskAsync(ParseResult parsed, DoormanClient client, string action, CancellationToken cancellationToken)
    {
        var version = parsed.GetValue(s_version);
        if (version < 1)
        {
            throw new UsageException($"VERSION: expected 1 or more, got {version}.");
        }

        var body = new JsonObject { ["why"] = parsed.GetValue(s_why) };
        if (action == "canary")
        {
            body["percent"] = parsed.GetValue(s_percent);
        }

        if (parsed.GetValue(s_acceptLower) is { } accepted)
        {
            // It is the gates that are overruled, so they are asked first.
            var judged = action == "validate" ? body : [];
            judged["acceptLowerRecall"] = accepted;
            if (action != "validate")
            {
                Console.Error.WriteLine((string?)(await client.AskAsync($"/v1/snapshots/{version}/validate", judged, cancellationToken))["message"]);
            }
        }

        var answer = await client.AskAsync($"/v1/snapshots/{version}/{action}", body, cancellationToken);
        await FinishAsync(parsed, client, answer, cancellationToken);
    }

    private static async Task RollBackAsync(ParseResult parsed, DoormanClient client, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["why"] = parsed.GetValue(s_why) };
        if (parsed.GetValue(s_to) is { } version)
        {
            body["version"] = version;
        }

        var answer = await client.AskAsync("/v1/doorman/rollback", body, cancellationToken);
        await FinishAsync(parsed, client, answer, cancellationToken);
    }

    /// <summary>Waits for what was asked, and fails where it was given up.</summary>
    private static async Task FinishAsync(ParseResult parsed, DoormanClient client, JsonObject answer, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine((string?)answer["message"]);
        if (parsed.GetValue(s_noWait))
        {
            ToolRunner.PrintJson(parsed, answer);
            return;
        }

        var state = await client.WaitAsync(cancellationToken);
        var last = state["journal"]!.AsArray().LastOrDefault(entry => (int)entry!["version"]! != 0)?.AsObject();
        if (last is not null && (long)last["epoch"]! > (long)answer["epoch"]! && (string?)last["action"] is "aborted" or "rejected")
        {
            throw new IOException($"Version {last["version"]} was {last["action"]}: {last["why"]} {string.Join(" ", last["reasons"]!.AsArray().Select(reason => (string?)reason))}".TrimEnd());
        }

        Console.Error.WriteLine($"Version {state["current"]} is current{(state["canary"] is { } canary ? $", version {canary["version"]} serves {canary["percent"]} % of the listeners" : "")}.");
        ToolRunner.PrintJson(parsed, state);
    }

    private static async Task ShowAsync(ParseResult parsed, DoormanClient client, CancellationToken cancellationToken)
    {
        var state = await client.ReadAsync(0, cancellationToken);
        var table = new Table().Border(TableBorder.Minimal).AddColumns("version", "state", "trained", "watermark", "replaced", "readers", "");
        foreach (var snapshot in state["snapshots"]!.AsArray())
        {
            table.AddRow(
                Text(snapshot!["version"]), Text(snapshot["state"]), Text(snapshot["createdAt"]), Text(snapshot["watermark"]),
                Text(snapshot["replaced"]), Text(snapshot["readers"]), Markup.Escape(string.Join(" ", snapshot["reasons"]!.AsArray().Select(Text))));
        }

        ToolRunner.People.Write(table);
        if (state["rollout"] is { } rollout)
        {
            Console.Error.WriteLine($"Version {rollout["version"]} is being prepared, to be {rollout["goal"]}, for {rollout["who"]}.");
        }

        if (state["canary"] is { } canary)
        {
            Console.Error.WriteLine($"Version {canary["version"]} serves {canary["percent"]} % of the listeners since {canary["since"]}{Describe(canary["engagement"])}");
        }

        ToolRunner.PrintJson(parsed, state);
    }

    private static string Describe(JsonNode? engagement) => engagement is null
        ? "."
        : string.Create(CultureInfo.InvariantCulture, $": {engagement["candidate"]!["impressions"]} impressions, {engagement["candidate"]!["plays"]} plays, {engagement["candidate"]!["hides"]} hides beside {engagement["current"]!["impressions"]}, {engagement["current"]!["plays"]}, {engagement["current"]!["hides"]}; the rules say {engagement["decision"]}: {engagement["why"]}.");

    private static async Task ShowJournalAsync(ParseResult parsed, DoormanClient client, CancellationToken cancellationToken)
    {
        var state = await client.ReadAsync(parsed.GetValue(s_limit), cancellationToken);
        var journal = state["journal"]!.AsArray();
        var table = new Table().Border(TableBorder.Minimal).AddColumns("at", "epoch", "what", "version", "who", "why");
        foreach (var entry in journal)
        {
            var why = string.Join(" ", entry!["reasons"]!.AsArray().Select(Text).Prepend(Text(entry["why"])).Where(text => text.Length > 0));
            table.AddRow(Text(entry["at"]), Text(entry["epoch"]), Text(entry["action"]), Text(entry["version"]), Text(entry["who"]), Markup.Escape(why));
        }

        ToolRunner.People.Write(table);
        ToolRunner.PrintJson(parsed, journal);
    }

    private static string Text(JsonNode? value) => value is null ? "" : Markup.Escape(value.ToString());
}
