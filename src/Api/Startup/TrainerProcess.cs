using System.Globalization;
using System.Runtime.InteropServices;
using Buddies.Storage;
using Buddies.Training;
using Buddies.Training.Evaluation;
using Buddies.Training.Tracking;

namespace Buddies.Api.Startup;

/// <summary>
/// The trainer as a process of its own: this program started with another verb. What it takes in memory and time, and what
/// becomes of it, is no concern of the process that serves.
/// </summary>
internal static partial class TrainerProcess
{
    /// <summary>The first argument that starts it; not for people.</summary>
    public const string Verb = "train-in-background";

    private const int Nice = 15;
    private const int ThisProcess = 0;

    /// <summary>A round that was killed is gone on with in the next one; after so long it would learn too little of what came since.</summary>
    private static readonly TimeSpan s_resumeWithin = TimeSpan.FromDays(1);

    /// <summary>Trains on every event so far and registers the model.</summary>
    /// <param name="args">The store's kind, the data directory and the model; the connection string is in the environment.</param>
    /// <returns>0, with the version's number on the standard output; 1 with a reason on the standard error, which else has notes.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        StepBack();
        try
        {
            var choice = new StoreChoice(args[0], args[1], Environment.GetEnvironmentVariable(StoreChoice.ConnectionVariable));
            await using var store = await choice.OpenAsync(TimeProvider.System, CancellationToken.None);
            var support = new TrainSupport
            {
                KeepEpochs = true,
                ResumeWithin = s_resumeWithin,
                Tracking = RunTracking.Open(null, args[1]) is { } runs ? new RunTracking(runs, RunTracking.TrainExperiment) : null,
                Note = Console.Error.WriteLine,
            };
            var trained = await ModelTrainer.TrainAsync(store, args[1], new TrainOptions { Holdout = new HoldoutOptions(), Links = args[2] == TrainOptions.WithLinks }, support, CancellationToken.None);
            await Console.Out.WriteLineAsync(trained.Model.Version.Value.ToString(CultureInfo.InvariantCulture));
            return 0;
        }
        catch (Exception e) when (e is TrainingException or StoreException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    /// <summary>Threads that are made later inherit the main thread's niceness.</summary>
    private static void StepBack()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(0, ThisProcess, Nice);
        }
        else
        {
            System.Diagnostics.Process.GetCurrentProcess().PriorityClass = System.Diagnostics.ProcessPriorityClass.BelowNormal;
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
