namespace Buddies.Training.Tracking;

/// <summary>Keeps the runs of experiments as MLflow does. Failures are <see cref="IOException"/> or <see cref="HttpRequestException"/>.</summary>
public interface IRunStore
{
    /// <summary>Where the runs are, in words.</summary>
    string Place { get; }

    /// <summary>Begins a run, in an experiment that is made where there is none.</summary>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="name">The run's name.</param>
    /// <param name="at">When.</param>
    /// <returns>The run's id.</returns>
    string Begin(string experiment, string name, DateTimeOffset at);

    /// <summary>Goes on with a run that did not end.</summary>
    /// <param name="run">Its id.</param>
    /// <returns>False where there is no such run.</returns>
    bool TryContinue(string run);

    /// <summary>Writes parameters, each once.</summary>
    void LogParameters(string run, IReadOnlyDictionary<string, string> parameters);

    /// <summary>Adds values of metrics.</summary>
    void LogMetrics(string run, IReadOnlyList<MetricPoint> points);

    /// <summary>Sets tags.</summary>
    void SetTags(string run, IReadOnlyDictionary<string, string> tags);

    /// <summary>Keeps a file.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="content">Its bytes.</param>
    void LogArtifact(string run, string name, byte[] content);

    /// <summary>Ends a run.</summary>
    void End(string run, RunStatus status, DateTimeOffset at);
}

/// <summary>A value of a metric.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Value">Its value.</param>
/// <param name="At">When.</param>
/// <param name="Step">In which step.</param>
public readonly record struct MetricPoint(string Name, double Value, DateTimeOffset At, long Step);

/// <summary>How a run stands; the numbers are MLflow's.</summary>
public enum RunStatus
{
    /// <summary>It goes on.</summary>
    Running = 1,

    /// <summary>It came to its end.</summary>
    Finished = 3,

    /// <summary>It failed.</summary>
    Failed = 4,

    /// <summary>It was stopped.</summary>
    Killed = 5,
}
