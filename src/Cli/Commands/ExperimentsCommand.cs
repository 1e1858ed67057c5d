using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Buddies.Engine.Experiments;
using Buddies.Engine.Identifiers;
using Spectre.Console;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies experiments</c>: where an experiment stands, from its log of exposures and observations.</summary>
internal static class ExperimentsCommand
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    private static readonly Argument<string[]> s_logs = new("LOG")
    {
        Arity = ArgumentArity.OneOrMore,
        Description = "Files, as each silo of a cluster has one; one JSON object a line: {user, variant} for an exposure, {user, variant, metric, value} for a listener's whole value of a metric.",
    };

    private static readonly Option<string> s_name = new("--name") { Description = "The experiment's name.", HelpName = "NAME", DefaultValueFactory = _ => "experiment" };

    private static readonly Option<string> s_variants = new("--variants")
    {
        Description = "Variants and their shares; the first is the control.",
        HelpName = "NAME=SHARE,…",
        DefaultValueFactory = _ => "control=1,treatment=1",
    };

    private static readonly Option<string> s_metrics = new("--metrics")
    {
        Description = "Metrics, each with the size of difference that one would like to find soonest.",
        HelpName = "NAME=SCALE,…",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string> s_guards = new("--guards")
    {
        Description = "Guard rails: metrics of which more is worse, each with the margin that it may rise by.",
        HelpName = "NAME=MARGIN,…",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<double> s_alpha = NumberOption.Real("--alpha", "The rate of false alarms of one metric.", 0.05, 1e-6, 0.5);

    public static Command Create()
    {
        var command = new Command("experiments", "Where an experiment stands: tests that may be looked at at any time, guard rails, and whether listeners were lost.")
        {
            s_logs, s_name, s_variants, s_metrics, s_guards, s_alpha,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => Run(parsed), cancellationToken));
        return command;
    }

    private static Task Run(ParseResult parsed)
    {
        var variants = Pairs(parsed, s_variants).Select(pair => new Variant(pair.Name, pair.Value)).ToArray();
        if (variants.Length < 2)
        {
            throw new UsageException("--variants: expected two or more.");
        }

        var run = new ExperimentRun(
            new Experiment(parsed.GetRequiredValue(s_name), variants),
            [
                .. Pairs(parsed, s_metrics).Select(pair => new Metric(pair.Name, pair.Value)),
                .. Pairs(parsed, s_guards).Select(pair => new Metric(pair.Name, pair.Value, IsHigherBetter: false, Margin: pair.Value)),
            ],
            parsed.GetValue(s_alpha));
        var (number, left) = (0, 0);
        foreach (var text in parsed.GetRequiredValue(s_logs).SelectMany(File.ReadLines))
        {
            number++;
            left += Apply(run, variants, Parse(text, number), number) ? 0 : 1;
        }

        Show(run.Report(), number, left);
        ToolRunner.PrintJson(parsed, Readable(run.Report()));
        return Task.CompletedTask;
    }

    private static bool Apply(ExperimentRun run, Variant[] variants, Line line, int number)
    {
        var variant = Array.FindIndex(variants, known => known.Name == line.Variant);
        if (variant < 0)
        {
            throw new IOException($"Line {number}: no variant '{line.Variant}'.");
        }

        var user = new UserId(line.User!);
        return line.Metric is null ? run.OnExposed(user, variant) : run.OnObserved(user, variant, line.Metric, line.Value!.Value);
    }

    private static Line Parse(string text, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(text, s_json) is { User: not null, Variant: not null } line && (line.Metric is null || line.Value is not null)
                ? line
                : throw new IOException($"Line {number}: expected user and variant, and a value with a metric.");
        }
        catch (JsonException e)
        {
            throw new IOException($"Line {number} is no JSON: {e.Message}", e);
        }
    }

    private static List<(string Name, double Value)> Pairs(ParseResult parsed, Option<string> option)
    {
        var pairs = new List<(string, double)>();
        foreach (var part in parsed.GetRequiredValue(option).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            pairs.Add(part.Split('=') is [{ Length: > 0 } name, var text] && double.TryParse(text, CultureInfo.InvariantCulture, out var value) && value > 0 && double.IsFinite(value)
                ? (name, value)
                : throw new UsageException($"{option.Name}: expected NAME=NUMBER with a number above 0, got '{part}'."));
        }

        return pairs;
    }

    private static void Show(ExperimentReport report, int lines, int left)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumns("metric", "variant", "control", "treatment", "difference, always valid", "p");
        foreach (var metric in report.Metrics)
        {
            table.AddRow(
                metric.Metric, metric.Variant, $"{metric.Control.Mean:0.0000} ({metric.Control.Count:N0})", $"{metric.Treatment.Mean:0.0000} ({metric.Treatment.Count:N0})",
                $"{metric.Look.Difference:0.0000} ({metric.Look.Low:0.0000} to {metric.Look.High:0.0000})",
                $"{metric.Look.PValue:0.0000}{(metric.IsBreached ? ", breached: stop" : metric.IsSignificant ? ", significant" : "")}");
        }

        ToolRunner.People.Write(table);
        Console.Error.WriteLine($"{lines:N0} lines, {left:N0} that do not count; exposed {string.Join(", ", report.Exposed)}; p of these shares {report.RatioPValue:0.0000}");
        if (report.IsRatioMismatch)
        {
            Console.Error.WriteLine("The shares are not what they should be: listeners are lost somewhere, and no other number may be trusted.");
        }
    }

    /// <summary>JSON has no word for an end that is infinitely far away: it is left out.</summary>
    private static object Readable(ExperimentReport report) => new
    {
        report.Name,
        report.Exposed,
        report.RatioPValue,
        report.IsRatioMismatch,
        Metrics = report.Metrics.Select(metric => new
        {
            metric.Metric,
            metric.Variant,
            Control = new { metric.Control.Count, metric.Control.Mean },
            Treatment = new { metric.Treatment.Count, metric.Treatment.Mean },
            metric.Look.Difference,
            Low = double.IsFinite(metric.Look.Low) ? metric.Look.Low : (double?)null,
            High = double.IsFinite(metric.Look.High) ? metric.Look.High : (double?)null,
            metric.Look.PValue,
            metric.IsSignificant,
            metric.IsBreached,
        }),
    };

    private sealed record Line(string? User, string? Variant, string? Metric, double? Value);
}
