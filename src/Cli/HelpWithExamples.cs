using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Buddies.Cli;

/// <summary>The root's help, with examples below it.</summary>
internal sealed class HelpWithExamples(SynchronousCommandLineAction help) : SynchronousCommandLineAction
{
    private const string Examples = """
        Examples:
          buddies import hetrec hetrec-lastfm-2k --data data
          buddies import mpd mpd.slice.0-999.json --by artist --data data
          buddies import lastfm1k lastfm-dataset-1K --shift-to-now --data data
          buddies synth --listeners 2000 --tracks 5000 --seed 1 --data data --json
          buddies train --data data
          buddies evaluate friends --data data --k 50 --json
          buddies replay --data imported --server http://127.0.0.1:5080 --speed 60
          buddies keys add --role operator --name night-shift --file keys
          buddies bench buddies --n 10k,100k --peers --json
          buddies bench ingest --producers 4 --batch 500 --duration 20 --json
          buddies bench faults --rounds 5 --json

        From the source: dotnet run -c Release --project src/Cli -- import hetrec PATH
        Exit codes: 0 done, 1 failed, 2 bad usage.

        """;

    public static void AddTo(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpWithExamples((SynchronousCommandLineAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is RootCommand)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Examples);
        }

        return exitCode;
    }
}
