using System.CommandLine;
using Buddies.Training.Tracking;

namespace Buddies.Cli;

/// <summary>Where runs are tracked.</summary>
internal static class TrackingOption
{
    /// <summary>The option of every command whose runs are tracked.</summary>
    public static Option<string?> Place { get; } = new("--track")
    {
        Description = $"Where the run is tracked: the address of an MLflow server, a folder, or off. Else the environment's {RunTracking.Variable}, else mlruns in the data directory.",
        HelpName = "URL|DIR|off",
    };

    /// <summary>Opens what the command line names.</summary>
    /// <returns>Null where nothing is tracked.</returns>
    public static RunTracking? Open(ParseResult parsed, string experiment)
    {
        try
        {
            return RunTracking.Open(parsed.GetValue(Place), parsed.GetRequiredValue(CommonOptions.Data)) is { } store ? new RunTracking(store, experiment) : null;
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--track: {e.Message}");
        }
    }
}
