using Buddies.Training.Als;
using Buddies.Training.Tracking;

namespace Buddies.Training;

/// <summary>What goes along with a training and changes nothing of its result.</summary>
public sealed record TrainSupport
{
    /// <summary>Told a few times a second while the factors are trained; null for nobody.</summary>
    public IProgress<TrainProgress>? Progress { get; init; }

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether each epoch is kept in the data directory's <c>training</c> until the training has come to its end. One that was
    /// killed is gone on with where data and parameters are the same. Default false.
    /// </summary>
    public bool KeepEpochs { get; init; }

    /// <summary>
    /// How old a training that did not end may be to be gone on with although the log has grown since: it then ends with the
    /// events that it began with. Null begins anew with all events. Default null.
    /// </summary>
    public TimeSpan? ResumeWithin { get; init; }

    /// <summary>Whether somebody has said that the data is meant to differ from what it was: anomalies become warnings. Default false.</summary>
    public bool AcceptDrift { get; init; }

    /// <summary>Where the run is tracked; null for nowhere. What becomes of it never fails the training. Default null.</summary>
    public RunTracking? Tracking { get; init; }

    /// <summary>Told, in one sentence each, what somebody should know. Default nobody.</summary>
    public Action<string> Note { get; init; } = static _ => { };
}
