using System.CommandLine;
using Buddies.Storage.Audit;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies audit</c>: what was done with keys to the servers of a data directory.</summary>
internal static class AuditCommand
{
    private static readonly Option<int> s_last = NumberOption.Whole("--last", "How many entries.", 50, 1, 1_000_000);

    public static Command Create()
    {
        var command = new Command("audit", "Who did what with a key, when, and what came of it; fails where a line was changed or is missing.") { s_last };
        command.SetAction((parsed, token) => ToolRunner.RunAsync(() => ShowAsync(parsed), token));
        return command;
    }

    private static Task ShowAsync(ParseResult parsed)
    {
        var (entries, broken) = AuditLog.Read(parsed.GetRequiredValue(CommonOptions.Data));
        var last = entries.TakeLast(parsed.GetValue(s_last)).ToArray();
        ToolRunner.PrintJson(parsed, new { entries = last, broken });
        var table = new Table().Border(TableBorder.Simple).AddColumns("when", "who", "key", "what", "on what", "result");
        foreach (var entry in last)
        {
            table.AddRow(
                [.. new[] { entry.At.ToString("u"), entry.Who, entry.Key, entry.Action, entry.Target, entry.Result }.Select(Markup.Escape)]);
        }

        ToolRunner.People.Write(table);
        return broken.Count == 0
            ? Task.CompletedTask
            : throw new IOException($"The chain of the audit log is broken at: {string.Join("; ", broken)}.");
    }
}
