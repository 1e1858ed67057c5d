namespace Buddies.Engine.Doorman;

/// <summary>How long the doorman waits.</summary>
public sealed record DoormanOptions
{
    /// <summary>
    /// How long a version may take to be prepared everywhere. Default 10 minutes. Then the nodes that are silent are shut
    /// out where more than half have acknowledged; else what is under way is given up.
    /// </summary>
    public TimeSpan PrepareTimeout { get; init; } = TimeSpan.FromMinutes(10);
}
