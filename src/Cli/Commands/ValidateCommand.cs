using System.CommandLine;
using Buddies.Engine.Identifiers;
using Buddies.Training;
using Buddies.Training.Validation;

namespace Buddies.Cli.Commands;

/// <summary><c>buddies validate</c>: whether the data of a model is what it should be, and what is served like it.</summary>
internal static class ValidateCommand
{
    private static readonly ModelValidationOptions s_defaults = new();
    private static readonly Argument<int?> s_version = new("VERSION") { Description = "The version; the current one when absent.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<int> s_twins = NumberOption.Whole("--twins", "At most so many listeners whose served vector is compared with its training twin.", s_defaults.Twins, 0, 1_000_000);

    private static readonly Option<bool> s_allowUnserved = new("--allow-unserved")
    {
        Description = "It is no error that too little was served since the training to compare with.",
    };

    private static readonly Option<bool> s_accept = new("--accept")
    {
        Description = "Differences are meant: they become warnings, and the gates let the version through.",
    };

    public static Command Create()
    {
        var command = new Command("validate", "Compare the training data of a model with what was served since, with the training before and with the schema; write the report that the gates read.")
        {
            s_version, s_twins, s_allowUnserved, s_accept,
        };
        command.SetAction((parsed, cancellationToken) => ToolRunner.RunAsync(() => ValidateAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task ValidateAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var data = parsed.GetRequiredValue(CommonOptions.Data);
        await using var store = await StoreFactory.OpenAsync(parsed, cancellationToken);
        var options = new ModelValidationOptions
        {
            Twins = parsed.GetValue(s_twins), AllowUnserved = parsed.GetValue(s_allowUnserved), Accept = parsed.GetValue(s_accept),
        };
        var version = parsed.GetValue(s_version) is { } number ? new SnapshotVersion(number) : (SnapshotVersion?)null;
        var report = await ModelValidation.ValidateAsync(store, data, version, options, TimeProvider.System.GetUtcNow(), cancellationToken);
        foreach (var anomaly in report.Anomalies)
        {
            Console.Error.WriteLine($"{(anomaly.Severity == Severity.Error ? "error" : "warning")}: {anomaly.Message}");
        }

        foreach (var note in report.Notes)
        {
            Console.Error.WriteLine(note);
        }

        var files = new ValidationFiles(data);
        var html = files.HtmlPath(new SnapshotVersion(report.Version));
        Console.Error.WriteLine($"Version {report.Version}: {report.Comparisons.Sum(one => one.Features.Count(feature => feature.Chebyshev is not null))} distributions and {report.Twins?.Listeners} listeners compared. {html}");
        ToolRunner.PrintJson(parsed, new ValidateReport(
            report.Version, report.IsValid, report.Parent, report.CreatedAt, files.ReportPath(new SnapshotVersion(report.Version)), html, report.Anomalies, report.Notes, report.Twins, report.Comparisons));
        if (!report.IsValid)
        {
            throw new TrainingException("The gates refuse the version.");
        }
    }

    private sealed record ValidateReport(
        int Version,
        bool IsValid,
        int Parent,
        DateTimeOffset CreatedAt,
        string Report,
        string Html,
        IReadOnlyList<Anomaly> Anomalies,
        IReadOnlyList<string> Notes,
        TwinReport? Twins,
        IReadOnlyList<DataComparison> Comparisons);
}
