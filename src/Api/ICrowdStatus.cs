namespace Buddies.Api;

/// <summary>What the simulated crowd does, for <c>GET /v1/status</c>.</summary>
public interface ICrowdStatus
{
    /// <summary>Whether simulated listeners are at work.</summary>
    bool Enabled { get; }

    /// <summary>How many events a second they send.</summary>
    double EventsPerSecond { get; }
}

/// <summary>A server without a crowd.</summary>
public sealed class NoCrowd : ICrowdStatus
{
    /// <inheritdoc/>
    public bool Enabled => false;

    /// <inheritdoc/>
    public double EventsPerSecond => 0;
}
