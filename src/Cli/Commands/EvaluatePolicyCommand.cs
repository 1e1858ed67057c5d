using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Buddies.Engine.Bandits;
using Buddies.Engine.Judging;
using Buddies.Engine.Ranking;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies evaluate policy</c>: judges a policy from the impressions that another one logged.</summary>
internal static class EvaluatePolicyCommand
{
    private static readonly Argument<string[]> s_logs = new("LOG")
    {
        Description = "Impressions with their rewards, one JSON object a line: files, or folders with all rewarded-*.ndjson below them, as each silo of a cluster has one; - for standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> s_policy = new("--policy")
    {
        Description = "Which policy: uniform, ranker (the ranker's weights), or learned (from --state).",
        DefaultValueFactory = _ => "ranker",
    };

    private static readonly Option<string?> s_state = new("--state") { Description = "What a policy has learned, as the server keeps it.", HelpName = "FILE" };
    private static readonly Option<double> s_epsilon = NumberOption.Real("--epsilon", "The judged policy's uniform share.", 0.05, 0, 1);
    private static readonly Option<double> s_exploration = NumberOption.Real("--exploration", "With learned: what deviations are multiplied by; 0 takes the best.", 1, 0, 100);
    private static readonly Option<double> s_clip = NumberOption.Positive("--clip", "The largest weight that counts in full.", new JudgeOptions().Clip);
    private static readonly Option<double> s_floor = NumberOption.Real("--floor", "The effective sample under which nothing is concluded.", new JudgeOptions().LeastEffectiveSampleSize, 0);
    private static readonly Option<bool> s_uniformOnly = new("--uniform-only") { Description = "Use the uniform slice of the listeners alone." };
    private static readonly Option<int> s_seed = NumberOption.Whole("--seed", "Where the intervals' draws come from.", 1, 0);

    public static Command Create()
    {
        s_policy.AcceptOnlyFromAmong("uniform", "ranker", "learned");
        var command = new Command("policy", "How a policy would do, from the logs of another one: IPS, SNIPS, doubly robust, and the cascade for whole shelves.")
        {
            s_logs, s_policy, s_state, s_epsilon, s_exploration, s_clip, s_floor, s_uniformOnly, s_seed,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => Run(parsed), cancellationToken));
        return command;
    }

    private static Task Run(ParseResult parsed)
    {
        var target = TargetOf(parsed);
        var pages = parsed.GetRequiredValue(s_logs).SelectMany(FilesOf).SelectMany(ReadPages).ToList();
        if (parsed.GetValue(s_uniformOnly))
        {
            pages.RemoveAll(page => page.Page.Slice != PageSlice.Uniform);
        }

        var judgement = LogJudge.Judge(pages, target, new JudgeOptions
        {
            Clip = parsed.GetValue(s_clip),
            LeastEffectiveSampleSize = parsed.GetValue(s_floor),
            Seed = (ulong)parsed.GetValue(s_seed),
        });
        Show(judgement);
        if (judgement.Cards.Choices > 0 && double.IsFinite(judgement.Cards.Snips.Value))
        {
            ToolRunner.PrintJson(parsed, judgement);
        }
        else
        {
            // JSON has no word for what is not a number: without draws there is nothing to print but the refusal.
            ToolRunner.PrintJson(parsed, new { judgement.Pages, Cards = new { judgement.Cards.Choices, judgement.Cards.Units, judgement.Cards.Refusal } });
        }

        return Task.CompletedTask;
    }

    /// <summary>The files of an argument. In a folder the order of their names is that of their time, silo by silo.</summary>
    private static IEnumerable<string> FilesOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        var files = Directory.GetFiles(path, "rewarded-*.ndjson", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        return files.Length > 0 ? files : throw new IOException($"{path} has no rewarded-*.ndjson.");
    }

    private static List<RewardedPage> ReadPages(string path)
    {
        try
        {
            return [.. ImpressionLog.Read(path == "-" ? ReadAll(Console.In) : WholeLines(path))];
        }
        catch (FormatException e)
        {
            throw new IOException(path == "-" ? e.Message : $"{path}: {e.Message}", e);
        }
    }

    /// <summary>Without a last line that is cut: whoever wrote it was killed, or is writing it.</summary>
    private static IEnumerable<string> WholeLines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        for (var line = reader.ReadLine(); line is not null;)
        {
            var next = reader.ReadLine();
            if (next is not null || IsJson(line))
            {
                yield return line;
            }
            else
            {
                Console.Error.WriteLine($"{path}: the last line is cut, and is left out.");
            }

            line = next;
        }
    }

    private static bool IsJson(string line)
    {
        try
        {
            using var _ = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return string.IsNullOrWhiteSpace(line);
        }
    }

    private static TargetPolicy TargetOf(ParseResult parsed)
    {
        var epsilon = parsed.GetValue(s_epsilon);
        switch (parsed.GetRequiredValue(s_policy))
        {
            case "uniform":
                return TargetPolicies.Uniform;
            case "ranker":
                return TargetPolicies.Ranker(RankingWeights.Default, epsilon);
            default:
                var file = parsed.GetValue(s_state) ?? throw new UsageException("--policy learned: expected --state FILE.");
                var learner = PolicyLearner.Read(RankingWeights.Default, File.ReadAllText(file))
                    ?? throw new IOException($"{file} is not what a policy of this version has learned.");
                return TargetPolicies.Linear(learner.MakeState().Cards, parsed.GetValue(s_exploration), epsilon);
        }
    }

    private static IEnumerable<string> ReadAll(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static void Show(LogJudgement judgement)
    {
        var cards = judgement.Cards;
        var table = new Table().Border(TableBorder.Minimal).AddColumns("", "reward", "95 %");
        table.AddRow("logged, a seen place with a choice", Number(cards.Logged), "");
        table.AddRow("IPS, clipped", Number(cards.Ips.Value), Interval(cards.Ips));
        table.AddRow("SNIPS", Number(cards.Snips.Value), Interval(cards.Snips));
        table.AddRow("doubly robust", Number(cards.DoublyRobust.Value), Interval(cards.DoublyRobust));
        table.AddRow("a seen shelf, by the cascade", Number(judgement.Shelves.Cascade.Value), Interval(judgement.Shelves.Cascade));
        ToolRunner.People.Write(table);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{judgement.Pages:N0} pages, {cards.Choices:N0} draws of {cards.Units:N0} listeners; effective sample {cards.EffectiveSampleSize:N0}, largest weight {cards.LargestWeight:0.0}, mean weight {cards.MeanWeight:0.00}, {cards.ClippedShare:0.0 %} clipped"));
        if (cards.Refusal is { } refusal)
        {
            Console.Error.WriteLine($"No conclusion on cards: {refusal}.");
        }

        if (judgement.Shelves.Refusal is { } other)
        {
            Console.Error.WriteLine($"No conclusion on shelves: {other}.");
        }
    }

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Interval(Estimate estimate) => $"{Number(estimate.Low)} to {Number(estimate.High)}";
}
