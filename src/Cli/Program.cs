using System.CommandLine;
using System.CommandLine.Invocation;
using Buddies.Cli.Commands;

namespace Buddies.Cli;

/// <summary>The <c>buddies</c> tool.</summary>
public static class Program
{
    /// <summary>Runs one command.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>0 done, 1 failed, 2 bad usage.</returns>
    public static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("Buddies: music recommendations from listeners of similar taste.");
        CommonOptions.AddTo(root);
        HelpWithExamples.AddTo(root);

        root.Add(ImportCommand.Create());
        root.Add(SynthCommand.Create());
        root.Add(TrainCommand.Create());
        root.Add(EvaluateCommand.Create());
        root.Add(ExperimentsCommand.Create());
        root.Add(TuneCommand.Create());
        root.Add(SimulateCommand.Create());
        root.Add(ReplayCommand.Create());
        root.Add(SnapshotsCommand.Create());
        root.Add(DoormanCommand.Create());
        root.Add(KeysCommand.Create());
        root.Add(AuditCommand.Create());
        root.Add(BenchCommand.Create());

        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction usage)
        {
            // Help would go to stdout, which belongs to results.
            usage.ShowHelp = false;
            await parsed.InvokeAsync(ToolRunner.Configuration);
            return ExitCodes.BadUsage;
        }

        return await parsed.InvokeAsync(ToolRunner.Configuration);
    }
}
