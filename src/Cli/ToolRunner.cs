using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Buddies.Cli.Bench;
using Buddies.Engine.Snapshots;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Import;
using Spectre.Console;

namespace Buddies.Cli;

/// <summary>Runs a command's work: results to stdout, words to stderr, failures to exit codes.</summary>
internal static class ToolRunner
{
    private const int PlainWidth = 140;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The console for people.</summary>
    public static IAnsiConsole People { get; } = CreateConsole();

    /// <summary>Ctrl-C cancels, and waits for the store to take the unfinished work back.</summary>
    public static InvocationConfiguration Configuration { get; } = new()
    {
        ProcessTerminationTimeout = TimeSpan.FromSeconds(60),
        EnableDefaultExceptionHandler = false,
    };

    /// <summary>Runs the work on the thread pool, so that Ctrl-C is heard meanwhile.</summary>
    public static async Task<int> RunAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(work, cancellationToken);
            return ExitCodes.Done;
        }
        catch (TrainingStoppedException e)
        {
            return Fail(e.Message, ExitCodes.Failed);
        }
        catch (OperationCanceledException)
        {
            return Fail("Cancelled; nothing has changed.", ExitCodes.Failed);
        }
        catch (UsageException e)
        {
            return Fail(e.Message, ExitCodes.BadUsage);
        }
        catch (Exception e) when (e is BenchFailedException or ImportException or TrainingException or SnapshotException or StoreException or IOException or HttpRequestException or UnauthorizedAccessException)
        {
            return Fail(e.Message, ExitCodes.Failed);
        }
    }

    /// <summary>Says something beside a progress that is being shown.</summary>
    public static void Note(string message) => People.WriteLine(message);

    /// <summary>Prints a result for programs, where they asked for it.</summary>
    public static void PrintJson(ParseResult parsed, object result)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(result, s_json));
        }
    }

    /// <summary>Colours and moving bars for a terminal; plain lines for a file or a pipe.</summary>
    private static IAnsiConsole CreateConsole()
    {
        var isPlain = Console.IsErrorRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
            Ansi = isPlain ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = isPlain ? InteractionSupport.No : InteractionSupport.Detect,
        });
        console.Profile.Width = isPlain ? PlainWidth : console.Profile.Width;
        return console;
    }

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}
