using Buddies.Training.Als;

namespace Buddies.Training.Tracking;

/// <summary>Where runs are tracked, and under which experiment.</summary>
/// <param name="Store">The store.</param>
/// <param name="Experiment">The experiment's name.</param>
public sealed record RunTracking(IRunStore Store, string Experiment)
{
    /// <summary>The experiment of trainings.</summary>
    public const string TrainExperiment = "buddies train";

    /// <summary>The experiment of searches.</summary>
    public const string TuneExperiment = "buddies tune";

    /// <summary>The environment variable that names the place where no option does.</summary>
    public const string Variable = "MLFLOW_TRACKING_URI";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Where runs go.</summary>
    /// <param name="place">A server's address, a folder, or <c>off</c>; null for the environment's, else <c>mlruns</c> in the data directory.</param>
    /// <param name="dataDirectory">The data directory.</param>
    /// <returns>Null where nothing is tracked.</returns>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static IRunStore? Open(string? place, string dataDirectory)
    {
        var chosen = place is { Length: > 0 } ? place : Environment.GetEnvironmentVariable(Variable);
        if (chosen == "off")
        {
            return null;
        }

        if (string.IsNullOrEmpty(chosen))
        {
            return new FileRunStore(Path.Combine(dataDirectory, "mlruns"), Environment.UserName);
        }

        if (!chosen.Contains("://", StringComparison.Ordinal))
        {
            return new FileRunStore(chosen, Environment.UserName);
        }

        return !Uri.TryCreate(chosen.TrimEnd('/') + "/", UriKind.Absolute, out var address)
            ? throw new ArgumentException($"Expected a server's address, a folder or off, got '{chosen}'.", nameof(place))
            : address.Scheme switch
            {
                "http" or "https" => new MlflowServer(new HttpClient { BaseAddress = address, Timeout = s_patience }, Environment.UserName),
                "file" => new FileRunStore(address.LocalPath, Environment.UserName),
                _ => throw new ArgumentException($"Expected a server's address, a folder or off, got '{chosen}'.", nameof(place)),
            };
    }

    /// <summary>A progress that keeps the objective of each epoch, and passes everything on.</summary>
    internal static IProgress<TrainProgress> Follow(TrackedRun run, string prefix, IProgress<TrainProgress>? progress) => new EpochProgress(run, prefix, progress);

    private sealed class EpochProgress(TrackedRun run, string prefix, IProgress<TrainProgress>? progress) : IProgress<TrainProgress>
    {
        private double? _last;

        public void Report(TrainProgress value)
        {
            // The first word of an objective comes at the end of its own epoch.
            if (value.Objective is { } objective && objective != _last)
            {
                _last = objective;
                run.LogMetrics(
                    new Dictionary<string, double> { [prefix + "objective"] = objective, [prefix + "rowsPerSecond"] = value.RowsPerSecond }, value.Epoch);
            }

            progress?.Report(value);
        }
    }
}
